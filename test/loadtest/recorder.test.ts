import { expect } from 'chai'
import { timedOut } from '../../loadtest/stats/outcome.js'
import { Recorder } from '../../loadtest/stats/recorder.js'

const get = { step: 'GET /', write: false }

describe('the recorder', () => {
  it('gives the percentiles of known latencies', () => {
    const recorder = new Recorder(0, 10)
    for (let each = 1; each <= 1000; each++) recorder.record({ ...get, due: 5000, ended: 5000 + each, replica: 'app1' })
    const { latency, requests, errors, requestsPerSecond } = recorder.stats()
    expect([requests, errors, requestsPerSecond]).to.deep.equal([1000, 0, 100])
    const expected = { p50: 500, p90: 900, p95: 950, p99: 990, p999: 999, max: 1000 }
    for (const [name, value] of Object.entries(expected)) {
      expect(latency[name as keyof typeof latency], name).to.be.closeTo(value, value / 1000)
    }
  })

  it('never gives a percentile above the slowest request', () => {
    const recorder = new Recorder(0, 1)
    recorder.record({ ...get, due: 0, ended: 123.4567 })
    const { latency } = recorder.stats()
    expect(latency.p999).to.equal(latency.max).and.to.equal(123.457)
  })

  it('counts the waiting of what timed out, and not how quickly something was refused', () => {
    const recorder = new Recorder(0, 10)
    for (let each = 0; each < 9; each++)
      recorder.record({ ...get, due: 0, ended: 1, error: 'status 503 instead of 200' })
    recorder.record({ ...get, due: 0, ended: 100 })
    recorder.record({ ...get, due: 0, ended: 9000, error: timedOut })
    const { latency, errors, errorsByKind } = recorder.stats()
    expect(latency.p50).to.be.closeTo(100, 0.1)
    expect(latency.max).to.equal(9000)
    expect(errors).to.equal(10)
    expect(errorsByKind).to.deep.equal({ [timedOut]: 1, 'status 503 instead of 200': 9 })
  })

  it('is fair at 1 where all replicas answered equally, and sees one that answered nothing', () => {
    const recorder = new Recorder(0, 10)
    for (const replica of ['app1', 'app2']) recorder.record({ ...get, due: 0, ended: 1, replica })
    recorder.record({ ...get, due: 0, ended: 1, replica: 'nginx', error: 'status 502 instead of 200' })
    expect(recorder.stats().fairness).to.equal(1)
    const { fairness, replicas } = recorder.stats(['app1', 'app2', 'app3'])
    expect(fairness).to.be.closeTo(2 / 3, 1e-9)
    expect(replicas.map(({ name, requests }) => [name, requests])).to.deep.equal([
      ['app1', 1],
      ['app2', 1],
      ['app3', 0],
      ['nginx', 1],
    ])
  })

  it('has each second by itself, in which what was due is counted, and which stands at its end', () => {
    const recorder = new Recorder(0, 3)
    recorder.record({ ...get, due: 100, ended: 110, replica: 'app1' })
    recorder.record({ ...get, due: 2100, ended: 2110, replica: 'app2' })
    recorder.record({ ...get, due: 2990, ended: 3010, replica: 'app2' })
    recorder.record({ ...get, due: 2995, ended: 5500, error: 'closed without an answer' })
    const { timeline, seconds } = recorder.stats()
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
