import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { readConfig } from '../../app/config.js'
import { openPool } from '../../app/database/pool.js'
import { createReader } from '../../app/monitoring/reader.js'
import { stack } from '../system.js'

describe('the reader of heartbeats', () => {
  const pool = () => openPool(readConfig(stack.environment).users, 1)

  it('reads one at a time, however slow the database is', async () => {
    const database = pool()
    const read = createReader(database)
    const holder = await database.transaction()
    const slow = read()
    await sleep(1_000)
    const second = read()
    expect(database.client.pool.numPendingAcquires()).to.equal(1)
    await holder.rollback()
    expect(await second).to.equal(await slow)
    await sleep(1_000)
    expect(await read()).not.to.equal(await slow)
    await database.destroy()
  })

  it('serves everybody of a second from one reading', async () => {
    const database = pool()
    const read = createReader(database)
    const [first, second] = await Promise.all([read(), read()])
    expect(second).to.equal(first)
    await database.destroy()
  })
})
