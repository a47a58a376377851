import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { Arrivals } from '../../loadtest/generator/arrivals.js'

describe('arrivals', () => {
  it('at a rate are due at even intervals from the beginning, as many as the rate says', async () => {
    const { dues, ended } = await run({ seconds: 1, rate: 40 })
    expect(ended).to.equal(0)
    expect(dues).to.have.length(40)
    dues.forEach((due, each) => {
      expect(due).to.be.closeTo(each * 25, 0.001)
    })
  })

  it('at a rate that does not divide a second are counted exactly too', async () => {
    expect((await run({ seconds: 1, rate: 7 })).dues).to.have.length(7)
  })

  it('keep the moment at which they were due while no connection is free', async () => {
    const start = performance.now()
    const arrivals = new Arrivals(start, 1, 20)
    await sleep(500)
    expect(arrivals.waiting).to.be.at.least(10)
    const dues = collect(arrivals, start)
    expect(dues.slice(0, 10).map(Math.round)).to.deep.equal([0, 50, 100, 150, 200, 250, 300, 350, 400, 450])
    await sleep(700)
    expect(dues).to.have.length(20)
    expect(arrivals.waiting).to.equal(0)
  })

  it('that nobody could take are still waiting at the end, and none after it', async () => {
    const start = performance.now()
    const arrivals = new Arrivals(start, 1, 30)
    await sleep(1100)
    const never = arrivals.stop().map((due) => due - start)
    expect(never).to.have.length(30)
    expect([never[0], never[29]?.toFixed(3)]).to.deep.equal([0, '966.667'])
    expect(collect(arrivals, start)).to.deep.equal([])
  })

  it('are never sent before they are due', async () => {
    const start = performance.now()
    const early: number[] = []
    const arrivals = new Arrivals(start, 1, 300)
    const sender = {
      send(due: number) {
        if (performance.now() < due) early.push(due)
        arrivals.join(sender)
      },
    }
    arrivals.join(sender)
    await sleep(1100)
    expect(early).to.deep.equal([])
  })

  it('without a rate come whenever a connection is free, until the end', async () => {
    const start = performance.now()
    const arrivals = new Arrivals(start, 0.2, undefined)
    const dues: number[] = []
    const sender = {
      send(due: number) {
        dues.push(due - start)
        setTimeout(() => arrivals.join(sender), 10)
      },
    }
    arrivals.join(sender)
    await sleep(300)
    const sent = dues.length
    expect(sent).to.be.at.least(2)
    expect(dues.at(-1)).to.be.below(200)
    await sleep(50)
    expect(dues).to.have.length(sent)
    expect(arrivals.waiting).to.equal(0)
  })
})

async function run({ seconds, rate }: { seconds: number; rate: number }) {
  const start = performance.now()
  const arrivals = new Arrivals(start, seconds, rate)
  const dues = collect(arrivals, start)
  await sleep(seconds * 1000 + 100)
  return { dues, ended: arrivals.waiting }
}

/** A connection that is free again at once; gives the moments for which it was told to send, from the start. */
function collect(arrivals: Arrivals, start: number): number[] {
  const dues: number[] = []
  const sender = {
    send(due: number) {
      dues.push(due - start)
      arrivals.join(sender)
    },
  }
  arrivals.join(sender)
  return dues
}
