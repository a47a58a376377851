import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { readConfig } from '../../app/config.js'
import { openDatabase } from '../../app/database/database.js'
import { Deadline } from '../../app/database/deadline.js'
import { createReader } from '../../app/monitoring/reader.js'
import { stack } from '../system.js'

describe('the reader of heartbeats', () => {
  const open = () => openDatabase(readConfig(stack.environment).users, 1)

  it('reads one at a time, however slow the database is', async () => {
    const database = open()
    const read = createReader(database)
    const holder = database.run(new Deadline(5_000), (connection) => connection.rows('SELECT SLEEP(1.5)'))
    const slow = read()
    await sleep(1_000)
    const second = read()
    expect(database.use().waiting).to.equal(1)
    await holder
    expect(await second).to.equal(await slow)
    await sleep(1_000)
    expect(await read()).not.to.equal(await slow)
    await database.close()
  })

  it('serves everybody of a second from one reading', async () => {
    const database = open()
    const read = createReader(database)
    const [first, second] = await Promise.all([read(), read()])
    expect(second).to.equal(first)
    await database.close()
  })
})
