import { expect } from 'chai'
import { type Outcome, timedOut } from '../../loadtest/stats/outcome.js'
import { statsOf } from '../../loadtest/stats/stats.js'

describe('the stats of a run', () => {
  it('give the percentiles of known latencies', () => {
    const outcomes = Array.from({ length: 1000 }, (_, each) => outcome({ due: 5000, ended: 5001 + each }))
    const { latency, requests, errors, requestsPerSecond } = statsOf(outcomes, 0, 10)
    expect([requests, errors, requestsPerSecond]).to.deep.equal([1000, 0, 100])
    const expected = { p50: 500, p90: 900, p95: 950, p99: 990, p999: 999, max: 1000 }
    for (const [name, value] of Object.entries(expected)) {
      expect(latency[name as keyof typeof latency], name).to.be.closeTo(value, value / 1000)
    }
  })

  it('give no percentile above the slowest request', () => {
    const { latency } = statsOf([outcome({ ended: 123.4567 })], 0, 1)
    expect(latency.p999).to.equal(latency.max).and.to.equal(123.457)
  })

  it('count the waiting of what timed out, and not how quickly something was refused', () => {
    const refused = Array.from({ length: 9 }, () => outcome({ ended: 1, error: 'status 503 instead of 200' }))
    const outcomes = [...refused, outcome({ ended: 100 }), outcome({ ended: 9000, error: timedOut })]
    const { latency, errors, errorsByKind } = statsOf(outcomes, 0, 10)
    expect(latency.p50).to.be.closeTo(100, 0.1)
    expect(latency.max).to.equal(9000)
    expect(errors).to.equal(10)
    expect(errorsByKind).to.deep.equal({ [timedOut]: 1, 'status 503 instead of 200': 9 })
  })

  it('are fair at 1 where all replicas answered equally, and show one that answered nothing', () => {
    const outcomes = [
      outcome({ replica: 'app1' }),
      outcome({ replica: 'app2' }),
      outcome({ replica: 'nginx', error: 'status 502 instead of 200' }),
    ]
    expect(statsOf(outcomes, 0, 10).fairness).to.equal(1)
    const { fairness, replicas } = statsOf(outcomes, 0, 10, ['app1', 'app2', 'app3'])
    expect(fairness).to.be.closeTo(2 / 3, 1e-9)
    expect(replicas.map(({ name, requests }) => [name, requests])).to.deep.equal([
      ['app1', 1],
      ['app2', 1],
      ['app3', 0],
      ['nginx', 1],
    ])
  })

  it('have each second by itself, in which what was due is counted, and which stands at its end', () => {
    const { timeline, seconds } = statsOf(
      [
        outcome({ due: 100, ended: 110, replica: 'app1' }),
        outcome({ due: 2100, ended: 2110, replica: 'app2' }),
        outcome({ due: 2990, ended: 3010, replica: 'app2' }),
        outcome({ due: 2995, ended: 5500, error: 'closed without an answer' }),
      ],
      0,
      3,
    )
    expect(seconds).to.equal(5.5)
    expect(
      timeline.map(({ second, answered, errors, replicas }) => [second, answered, errors, replicas]),
    ).to.deep.equal([
      [1, 1, 0, { app1: 1 }],
      [2, 0, 0, {}],
      [3, 2, 1, { app2: 2 }],
    ])
    expect(timeline[1]?.latency).to.equal(null)
  })
})

function outcome(differing: Partial<Outcome>): Outcome {
  return { step: 'GET /', write: false, due: 0, ended: 1, ...differing }
}
