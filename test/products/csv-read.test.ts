import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { recordsOf, UnclosedQuote } from '../../app/products/csv/read.js'

describe('the records of a file', () => {
  const piece = 65_536
  async function* parts(text: string, times: number) {
    yield 'name,code\n'
    for (let time = 0; time < times; time++) yield text
  }

  it('are no more than a line can have, where it is separators alone', async () => {
    let cells = 0
    const read = async () => {
      for await (const record of recordsOf(parts(','.repeat(piece), 40), ',')) cells = record.length
    }
    const error = await read().catch((problem) => problem)
    expect(cells).to.equal(2)
    expect(error).to.be.instanceOf(UnclosedQuote)
  })

  it('keep nobody else waiting, where they are empty lines', async () => {
    const delay = monitorEventLoopDelay({ resolution: 5 })
    delay.enable()
    await sleep(20)
    let records = 0
    for await (const _ of recordsOf(parts('\n'.repeat(piece), 2), ',')) records++
    await sleep(20)
    delay.disable()
    expect(records).to.equal(1 + 2 * piece)
    expect(delay.max / 1e6).to.be.below(500)
  })
})
