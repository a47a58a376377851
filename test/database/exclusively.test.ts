import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { readConfig } from '../../app/config.js'
import { type Database, openDatabase } from '../../app/database/database.js'
import { Deadline } from '../../app/database/deadline.js'
import { databases, stack } from '../system.js'

describe('exclusive work', () => {
  let database: Database
  before(() => {
    database = openDatabase(readConfig(stack.environment).products, 4)
  })
  after(() => database.close())

  const exclusively = <T>(work: () => Promise<T>, deadline = new Deadline(5_000)) =>
    database.run(deadline, (connection) => connection.exclusively('a test', work))

  it('is done by one at a time', async () => {
    let atWork = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++atWork)
      await sleep(100)
      atWork--
      return true
    }
    const done = await Promise.all([exclusively(work), exclusively(work), exclusively(work)])
    expect(done.filter(Boolean)).to.deep.equal([true])
    expect(most).to.equal(1)
    expect(await exclusively(work)).to.equal(true)
  })

  it('leaves the turn to others when it fails', async () => {
    const failed = await exclusively(() => Promise.reject(new Error('no'))).catch((error) => error)
    expect(failed.message).to.equal('no')
    await others()
  })

  it('leaves the turn to others when its deadline passes', async () => {
    const deadline = new Deadline(5_000)
    const work = async () => deadline.pass('given up')
    await exclusively(work, deadline).catch(() => {})
    await others()
  })

  it('leaves the turn to others when its connection is lost', async () => {
    await database.run(new Deadline(5_000), async (connection) => {
      const row = await connection.first<{ id: number }>('SELECT CONNECTION_ID() AS id')
      await connection.exclusively('a test', () => databases.products.raw('KILL ?', [row?.id as number]))
    })
    await others()
  })

  /** On a connection of its own: the one that had the turn would be given it again. */
  async function others() {
    const other = openDatabase(readConfig(stack.environment).products, 1)
    const work = (deadline: Deadline) =>
      other.run(deadline, (connection) => connection.exclusively('a test', async () => true))
    expect(await Deadline.within(5_000, work)).to.equal(true)
    await other.close()
  }
})
