import { max } from 'd3-array'
import { build } from 'hdr-histogram-js'
import { neverSent, type Outcome, timedOut } from './outcome.js'

/** Percentiles in milliseconds. */
export type Latency = Record<'p50' | 'p90' | 'p95' | 'p99' | 'p999' | 'max', number>

/** In microseconds: a minute, which no request may take. */
const longestKept = 60_000_000

/** Of expected answers and of what waited in vain: a refusal that comes at once must not improve the stats. */
export function latencyOf(outcomes: Outcome[]): Latency {
  const counted = outcomes.filter(({ error }) => !error || error === timedOut || error === neverSent)
  return percentilesOf(counted.map(({ due, ended }) => ended - due))
}

/** All 0 where there is no duration. @param durations in milliseconds */
export function percentilesOf(durations: number[]): Latency {
  const histogram = build({ highestTrackableValue: longestKept, numberOfSignificantValueDigits: 3 })
  for (const each of durations) histogram.recordValue(Math.min(Math.round(each * 1000), longestKept))
  const longest = Math.round((max(durations) ?? 0) * 1000) / 1000
  // The histogram gives the upper end of the range that a value falls in.
  const at = (percentile: number) => Math.min(histogram.getValueAtPercentile(percentile) / 1000, longest)
  return { p50: at(50), p90: at(90), p95: at(95), p99: at(99), p999: at(99.9), max: longest }
}
