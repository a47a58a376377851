import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { setImmediate as nextRound, setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { readConfig } from '../../app/config.js'
import type { Connection } from '../../app/database/connection.js'
import { type Database, openDatabase } from '../../app/database/database.js'
import { Deadline } from '../../app/database/deadline.js'
import { TryAgain } from '../../app/database/transient.js'
import { DeadlineExceeded } from '../../app/errors.js'
import { stack } from '../system.js'

describe('batched work', () => {
  let database: Database
  before(() => {
    database = openDatabase(readConfig(stack.environment).products, 4)
  })
  after(() => database.close())

  const double = async (connection: Connection, keys: number[]) => {
    await connection.rows('SELECT 1')
    return keys.map((key) => key * 2)
  }
  const soon = () => new Deadline(5_000)

  it('gives each the value of its own key, in any order and as often as it is asked for', async () => {
    const find = database.batched(double)
    const keys = [3, 1, 3, 2, 1]
    expect(await Promise.all(keys.map((key) => find(key, soon())))).to.deep.equal([6, 2, 6, 4, 2])
  })

  it('is batched with those that are asked for while others are under way', async () => {
    const batches: number[][] = []
    const find = database.batched(async (connection, keys: number[]) => {
      batches.push(keys)
      await connection.rows('SELECT SLEEP(0.05)')
      return keys
    })
    await Promise.all(
      Array.from({ length: 20 }, async (_, key) => {
        await sleep(key)
        expect(await find(key, soon())).to.equal(key)
      }),
    )
    expect(batches.flat().sort((one, other) => one - other)).to.deep.equal(Array.from({ length: 20 }, (_, key) => key))
    expect(batches.length).to.be.below(8)
  })

  it('is batched with those that the next rounds of the event loop bring, and waits for no more than some', async () => {
    const batches: number[][] = []
    const find = database.batched(async (_, keys: number[]) => {
      batches.push(keys)
      return keys
    })
    const asked: Promise<number>[] = []
    for (let key = 0; key < 40; key++) {
      asked.push(find(key, soon()))
      await nextRound()
    }
    await Promise.all(asked)
    expect(batches[0]?.length).to.be.within(4, 10)
  })

  it('is read after it was asked for', async () => {
    let written = 0
    const find = database.batched(async (connection, keys: string[]) => {
      const now = written
      await connection.rows('SELECT SLEEP(0.05)')
      return keys.map(() => now)
    })
    const asked = Array.from({ length: 30 }, async () => {
      await sleep(Math.random() * 300)
      const least = ++written
      expect(await find('x', soon())).to.be.at.least(least)
    })
    await Promise.all(asked)
  })

  it('that fails for a transient reason is asked for again, by each for itself', async () => {
    let attempts = 0
    const find = database.batched(async (_, keys: number[]) => {
      if (++attempts === 1) throw new TryAgain()
      return keys
    })
    expect(await Promise.all([1, 2, 3].map((key) => find(key, soon())))).to.deep.equal([1, 2, 3])
  })

  it('is not begun for those whose deadline has passed, and ends nobody else’s', async () => {
    const begun: number[] = []
    const find = database.batched(async (connection, keys: number[]) => {
      begun.push(...keys)
      await connection.rows('SELECT SLEEP(0.1)')
      return keys
    })
    const holders = [find(1, soon()), sleep(20).then(() => find(2, soon()))]
    await sleep(50)
    const leaving = soon()
    const left = find(3, leaving).catch((error) => error)
    const waiting = find(4, soon())
    leaving.pass('the client left')
    expect(await left).to.be.instanceOf(DeadlineExceeded)
    expect(await waiting).to.equal(4)
    await Promise.all(holders)
    expect(begun).to.deep.equal([1, 2, 4])
  })

  it('is not begun when nobody waits any more once there is a connection', async () => {
    const { host, port, ...account } = readConfig(stack.environment).products
    const slow = createServer(async (client) => {
      await sleep(300)
      const server = connect(port, host)
      client.pipe(server).pipe(client)
      for (const socket of [client, server]) socket.on('error', () => {})
    }).listen(0, '127.0.0.1')
    await once(slow, 'listening')
    const behind = openDatabase({ ...account, host: '127.0.0.1', port: (slow.address() as AddressInfo).port }, 1)
    const done: number[] = []
    const work = behind.batched(async (_, keys: number[]) => {
      done.push(...keys)
      return keys
    })
    try {
      const early = [work(1, new Deadline(100)), work(2, new Deadline(100))]
      for (const each of await Promise.allSettled(early)) expect(each.status).to.equal('rejected')
      await sleep(600)
      expect(await work(3, soon())).to.equal(3)
      expect(done).to.deep.equal([3])
    } finally {
      await behind.close()
      slow.close()
    }
  })

  it('has batches of no more than it can take at once', async () => {
    const sizes: number[] = []
    const work = database.batched(async (_, keys: number[]) => {
      sizes.push(keys.length)
      return keys
    }, 3)
    await Promise.all(Array.from({ length: 8 }, (_, key) => work(key, soon())))
    expect(sizes).to.deep.equal([3, 3, 2])
  })

  it('has batches that a prepared statement can take', async () => {
    const sizes: number[] = []
    const find = database.batched(async (connection, keys: number[]) => {
      sizes.push(keys.length)
      const rows = await connection.rowsIn<{ id: number }>('SELECT seq AS id FROM seq_1_to_5000 WHERE seq IN (?)', [
        keys,
      ])
      const found = new Set(rows.map(({ id }) => id))
      return keys.filter((key) => found.has(key))
    })
    const keys = Array.from({ length: 1_300 }, (_, each) => each + 1)
    expect(await Promise.all(keys.map((key) => find(key, soon())))).to.deep.equal(keys)
    expect(Math.max(...sizes)).to.be.at.most(512)
  })

  for (const keys of [[1], [3, 1], [5, 3, 9], [9, 9, 2, 2, 7]]) {
    it(`finds a list of ${keys.length}, each once`, async () => {
      const find = database.share((connection) =>
        connection.rowsIn<{ id: number }>('SELECT seq AS id FROM seq_1_to_10 WHERE seq IN (?)', [keys]),
      )
      const rows = await find(soon())
      expect(rows.map(({ id }) => id)).to.have.members([...new Set(keys)])
    })
  }

  it('does not wait for others whose connections are silent', async () => {
    const find = database.batched(async (connection, keys: number[]) => {
      if (keys[0] === 0) await connection.rows('SELECT SLEEP(2)')
      return keys
    })
    const silent = [find(0, soon()), sleep(20).then(() => find(0, soon()))]
    await sleep(50)
    const start = performance.now()
    await find(1, soon())
    expect(performance.now() - start).to.be.below(1_500)
    await Promise.all(silent)
  })
})
