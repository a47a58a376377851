import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { readConfig } from '../../app/config.js'
import type { Connection } from '../../app/database/connection.js'
import { type Database, openDatabase } from '../../app/database/database.js'
import { Deadline } from '../../app/database/deadline.js'
import { stack } from '../system.js'

describe('work at one time of the server’s clock', () => {
  let database: Database
  before(() => {
    database = openDatabase(readConfig(stack.environment).products, 1)
  })
  after(() => database.close())

  const timeOf = async (connection: Connection) =>
    Number((await connection.first<{ time: number }>('SELECT UNIX_TIMESTAMP() AS time'))?.time)
  const run = <T>(work: (connection: Connection) => Promise<T>, deadline = new Deadline(5_000)) =>
    database.run(deadline, work)

  it('sees one time, and the next work on the connection sees the clock again', async () => {
    const [first, last] = await run((connection) =>
      connection.atOneTime(async () => {
        const first = await timeOf(connection)
        await sleep(1_100)
        return [first, await timeOf(connection)]
      }),
    )
    expect(last).to.equal(first)
    expect(await run(timeOf)).to.be.above(last as number)
  })

  it('leaves the clock to others when its deadline passes', async () => {
    const deadline = new Deadline(5_000)
    const given = run((connection) => connection.atOneTime(async () => deadline.pass('given up')), deadline)
    expect(await given.catch((error) => error.message)).to.equal('given up')
    const before = await run(timeOf)
    await sleep(1_100)
    expect(await run(timeOf)).to.be.above(before)
  })
})
