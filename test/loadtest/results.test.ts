import { expect } from 'chai'
import { compare, sameLoad } from '../../loadtest/load/results/comparison.js'
import { judge, type Limits, parseLimits } from '../../loadtest/load/results/limits.js'
import type { Result } from '../../loadtest/load/results/result.js'

describe('the limits of load tests', () => {
  it('hold up to themselves, and name what is broken', () => {
    const limits = limitsOf({ p95: 100, errorPercent: 1, requestsPerSecond: 50, fairness: 0.9 })
    expect(brokenBy(resultOf({ p95: 100 }), limits)).to.deep.equal([])
    expect(
      brokenBy(resultOf({ p95: 100.5 }, { errors: 20, requestsPerSecond: 49, fairness: 0.5 }), limits),
    ).to.deep.equal([
      'p95 is 100.5 ms, above the limit of 100 ms',
      'the share of errors is 2 %, above the limit of 1 %',
      'requests a second is 49, below the limit of 50',
      'fairness is 0.5, below the limit of 0.9',
    ])
  })

  it('are broken by a run that made no request', () => {
    expect(brokenBy(resultOf({}, { requests: 0 }), limitsOf({}))).to.deep.equal(['not one request was made'])
  })

  it('with a name that does not exist are refused, not passed over', () => {
    const text = JSON.stringify({ scenarios: { welcome: { p9: 1 } }, comparison: {} })
    expect(() => parseLimits(text)).to.throw('scenarios.welcome')
  })
})

describe('a comparison of two runs', () => {
  const limits: Limits = { scenarios: {}, comparison: { p95: 10, requestsPerSecond: 10 } }

  it('tells in words how much worse or better, and whether that is too much', () => {
    const texts = (now: Result) => compare(resultOf({ p95: 100 }), now, limits).verdicts
    expect(texts(resultOf({ p95: 112 }, { requestsPerSecond: 95 }))).to.deep.equal([
      { text: 'p95 +12 %, worse than the limit of 10 %', worse: true },
      { text: 'requests a second −5 %, worse, within the limit of 10 %', worse: false },
    ])
    expect(texts(resultOf({ p95: 80 }, { requestsPerSecond: 85 }))).to.deep.equal([
      { text: 'p95 −20 %, better', worse: false },
      { text: 'requests a second −15 %, worse than the limit of 10 %', worse: true },
    ])
    expect(texts(resultOf({ p95: 100 }))[0]).to.deep.equal({ text: 'p95 0 %, the same', worse: false })
  })

  it('says where the catalogue was another one', () => {
    const now = resultOf({})
    now.environment.products = 100_000
    expect(compare(resultOf({}), now, limits).differences).to.deep.equal([
      'products in the catalogue: 40 in the earlier run, 100,000 in this one',
    ])
  })

  it('is one of runs under the same load', () => {
    expect(sameLoad({ connections: 2, rate: null }, { connections: 2, rate: null })).to.equal(true)
    expect(sameLoad({ connections: 2, rate: null }, { connections: 2, rate: 10 })).to.equal(false)
    expect(sameLoad({ connections: 2, rate: 10 }, { connections: 3, rate: 10 })).to.equal(false)
  })
})

function limitsOf(welcome: Limits['scenarios'][string]): Limits {
  return { scenarios: { welcome }, comparison: {} }
}

function brokenBy(result: Result, limits: Limits): string[] {
  return judge(result, limits, 'welcome').flatMap(({ broken }) => broken ?? [])
}

function resultOf(latency: Partial<Result['stats']['latency']>, stats: Partial<Result['stats']> = {}): Result {
  return {
    bodegaLoadTest: 2,
    scenario: 'welcome',
    startedAt: '2026-01-01T00:00:00.000Z',
    settings: { connections: 2, rate: null },
    stats: {
      requests: 1000,
      errors: 0,
      requestsPerSecond: 100,
      fairness: 1,
      latency: { p50: 10, p90: 50, p95: 60, p99: 90, p999: 95, max: 99, ...latency },
      ...stats,
    },
    environment: { cores: 2, commit: null, products: 40 },
  } as Result
}
