import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import mysql, { type RowDataPacket } from 'mysql2/promise'
import { readConfig, readMigratorConfig } from '../../app/config.js'
import type { Connection } from '../../app/database/connection.js'
import { type Database, openDatabase } from '../../app/database/database.js'
import { Deadline } from '../../app/database/deadline.js'
import { TryAgain } from '../../app/database/transient.js'
import { DatabaseUnavailable, DeadlineExceeded, StatementTimeout } from '../../app/errors.js'
import { insertProducts } from '../../app/products/store.js'
import { product } from '../person.js'
import { databases, stack } from '../system.js'

describe('a database', () => {
  let database: Database
  before(() => {
    database = openDatabase(readConfig(stack.environment).products, 2)
  })
  after(() => database.close())

  it('runs work again that asks for it', async () => {
    let attempts = 0
    const work = async () => {
      if (++attempts < 3) throw new TryAgain()
      return attempts
    }
    expect(await database.run(new Deadline(5_000), work)).to.equal(3)
  })

  it('tells how many connections were in use at once, since it last told', async () => {
    const work = (connection: Connection) => connection.rows('SELECT SLEEP(0.1)')
    const all = (count: number) =>
      Promise.all(Array.from({ length: count }, () => database.run(new Deadline(5_000), work)))
    database.takePeak()
    await all(1)
    expect(database.takePeak()).to.equal(1)
    await all(5) // of which three wait
    expect([database.takePeak(), database.takePeak()]).to.deep.equal([2, 0])
  })

  it('numbers the rows of one INSERT one after the other, whatever the server’s step is', async () => {
    const draft = () => ({ ...product(), units: 1 })
    const rows = insertProducts([1, 2, 3].map((createdBy) => ({ draft: draft(), createdBy })))
    const stepped = openDatabase(readConfig(stack.environment).products, 1)
    const admin = await mysql.createConnection(readMigratorConfig(stack.environment).products.admin)
    const [[before]] = await admin.query<RowDataPacket[]>('SELECT @@GLOBAL.auto_increment_increment AS step')
    await admin.query('SET GLOBAL auto_increment_increment = 7')
    try {
      const [inserted] = await stepped.run(new Deadline(5_000), (connection) => connection.transact(rows))
      const first = inserted?.insertId as number
      const found = await databases
        .products('products')
        .whereBetween('id', [first, first + 2])
        .orderBy('id')
      expect(found.map(({ created_by }) => created_by)).to.deep.equal([1, 2, 3])
    } finally {
      await admin.query('SET GLOBAL auto_increment_increment = ?', [before?.step])
      await admin.end()
      await stepped.close()
    }
  })

  it('runs work again whose connection was killed', async () => {
    let attempts = 0
    const connectionId = await database.run(new Deadline(5_000), async (connection) => {
      return connection.transaction(async () => {
        await connection.beginWith({ sql: 'DO ?', values: [1] })
        const row = await connection.first<{ id: number }>('SELECT CONNECTION_ID() AS id')
        if (++attempts === 1) await databases.products.raw('KILL ?', [row?.id as number])
        await sleep(100) // until the connection knows
        await connection.commitWith({ sql: 'DO ?', values: [1] })
        return row?.id
      })
    })
    expect(attempts).to.equal(2)
    expect(connectionId).to.be.a('number')
  })

  it('rolls back a transaction whose work forgot to commit', async () => {
    const id = randomBytes(32)
    const insert = 'INSERT INTO idempotency_keys (id, fingerprint, created_at) VALUES (?, ?, UTC_TIMESTAMP(3))'
    const run = (work: (connection: Connection) => Promise<void>) =>
      database.run(new Deadline(5_000), (connection) => connection.transaction(() => work(connection)))
    const error = await rejection(run((connection) => connection.beginWith({ sql: insert, values: [id, id] })))
    expect(error).to.have.property('message', 'the work did not commit its transaction')
    // Where it were still open, the next one on its connection would commit it.
    await Promise.all(
      [1, 2].map(() =>
        run(async (connection) => {
          await connection.beginWith({ sql: 'DO SLEEP(?)', values: ['0.1'] })
          await connection.commitWith({ sql: 'DO ?', values: [1] })
        }),
      ),
    )
    expect(await databases.products('idempotency_keys').where({ id })).to.deep.equal([])
  })

  it('survives a value that no statement may have', async () => {
    const work = (value: unknown) => (connection: Connection) => connection.rows('SELECT ? AS x', [value as string])
    expect(await rejection(database.run(new Deadline(5_000), work(undefined)))).to.be.instanceOf(TypeError)
    expect(await database.run(new Deadline(5_000), work('x'))).to.deep.equal([{ x: 'x' }])
  })

  it('takes no words that somebody typed for the reason of an error', async () => {
    const work = database.run(new Deadline(2_000), (connection) => connection.rows("SELEC 'the connection was lost'"))
    expect(await work.catch(({ code }) => code)).to.equal('ER_PARSE_ERROR')
  })

  it('lets nobody wait past the deadline, however long the work goes on', async () => {
    const start = performance.now()
    const work = database.run(new Deadline(300), (connection) => connection.rows('SELECT SLEEP(2)'))
    await expectRejection(work, DeadlineExceeded)
    expect(performance.now() - start).to.be.below(1_500)
    await sleep(2_000)
  })

  it('that stays away until the deadline is unavailable', async () => {
    const { products } = readConfig(stack.environment)
    const away = openDatabase({ ...products, port: 1 }, 1)
    await expectRejection(
      away.run(new Deadline(500), (connection) => connection.rows('SELECT 1')),
      DatabaseUnavailable,
    )
    await away.close()
  })

  it('begins nothing that nobody waits for any more', async () => {
    const holders = [1, 2].map(() =>
      database.run(new Deadline(5_000), (connection) => connection.rows('SELECT SLEEP(1)')),
    )
    let begun = false
    const leaving = new Deadline(5_000)
    const queued = database.run(leaving, async () => {
      begun = true
    })
    leaving.pass('the client left')
    await expectRejection(queued, DeadlineExceeded)
    await Promise.all(holders)
    await sleep(100)
    expect(begun).to.equal(false)
  })

  it('has the server end a statement that takes too long', async () => {
    const slow = database.run(new Deadline(8_000), (connection) => connection.rows(slowStatement))
    await expectRejection(slow, StatementTimeout)
    const [[{ running }]] = await databases.products.raw(
      `SELECT COUNT(*) AS running FROM information_schema.processlist WHERE info LIKE 'WITH RECURSIVE n %'`,
    )
    expect(running).to.equal(0)
  })
})

/** Some 10^11 rows to look at. */
const slowStatement = `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600)
  SELECT COUNT(*) AS found FROM n AS a, n AS b, n AS c, n AS d WHERE a.i + b.i + c.i + d.i = -1`

async function expectRejection(work: Promise<unknown>, kind: new (...args: never[]) => Error) {
  expect(await rejection(work)).to.be.instanceOf(kind)
}

function rejection(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (reason) => reason,
  )
}
