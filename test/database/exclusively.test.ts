import { expect } from 'chai'
import { readConfig } from '../../app/config.js'
import { type Database, openDatabase } from '../../app/database/database.js'
import { Deadline } from '../../app/database/deadline.js'
import { waitUntil } from '../../stack/processes.js'
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
    const others = () => Promise.all([exclusively(async () => true), exclusively(async () => true)])
    expect(await exclusively(others)).to.deep.equal([undefined, undefined])
    expect(await exclusively(async () => true)).to.equal(true)
  })

  it('leaves the turn to others when it fails', async () => {
    const failed = await exclusively(() => Promise.reject(new Error('no'))).catch((error) => error)
    expect(failed.message).to.equal('no')
    expect(await isFree()).to.equal(true)
  })

  it('leaves the turn to others when its deadline passes', async () => {
    const deadline = new Deadline(5_000)
    const given = exclusively(async () => deadline.pass('given up'), deadline)
    expect(await given.catch((error) => error.message)).to.equal('given up')
    await waitUntil('the turn is not left', 5, () => isFree())
  })

  it('leaves the turn to others when its connection is lost', async () => {
    await database.run(new Deadline(5_000), async (connection) => {
      const row = await connection.first<{ id: number }>('SELECT CONNECTION_ID() AS id')
      await connection.exclusively('a test', () => databases.products.raw('KILL ?', [row?.id as number]))
    })
    expect(await isFree()).to.equal(true)
  })

  /** On a connection of its own: the one that had the turn would be given it again. */
  async function isFree(): Promise<boolean> {
    const other = openDatabase(readConfig(stack.environment).products, 1)
    const work = (deadline: Deadline) =>
      other.run(deadline, (connection) => connection.exclusively('a test', async () => true))
    const done = await Deadline.within(5_000, work)
    await other.close()
    return done === true
  }
})
