import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { openLoop } from '../../loadtest/client/open-loop.js'

describe('an open loop', () => {
  for (const rate of [40, 7]) {
    it(`calls ${rate} times a second, at even intervals from the start and never early`, async () => {
      const start = performance.now()
      const dues: number[] = []
      const early: number[] = []
      await openLoop(
        rate,
        (calls) => calls < rate,
        async (due) => {
          if (performance.now() < due) early.push(due)
          dues.push(due - start)
        },
      )
      expect(dues).to.have.length(rate)
      dues.forEach((due, each) => {
        expect(due).to.be.closeTo((each * 1000) / rate, 5)
      })
      expect(early).to.deep.equal([])
    })
  }

  it('waits for no call, and ends when the last has ended', async () => {
    let running = 0
    let most = 0
    await openLoop(
      100,
      (calls) => calls < 20,
      async () => {
        most = Math.max(most, ++running)
        await sleep(500)
        running--
      },
    )
    expect([most, running]).to.deep.equal([20, 0])
  })

  it('lets answers in while it is behind', async () => {
    let answered = 0
    const behind: number[] = []
    await openLoop(
      1_000_000,
      (calls) => calls < 2_000,
      async () => {
        behind.push(answered)
        await new Promise(setImmediate)
        answered++
      },
    )
    expect(behind.at(-1)).to.be.above(1_000)
  })
})
