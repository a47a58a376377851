import { build, type Histogram } from 'hdr-histogram-js'
import { neverSent, type Outcome, timedOut } from './outcome.js'

/** Percentiles in milliseconds. */
export type Latency = Record<'p50' | 'p90' | 'p95' | 'p99' | 'p999' | 'max', number>

/** In microseconds: a minute, which no request may take. */
const longestKept = 60_000_000

/** Percentiles of durations; 0 where there is none. */
export class Percentiles {
  #longest = 0
  /** In microseconds. */
  readonly #histogram: Histogram

  /** @param digits how many digits of a duration are kept; a third one takes eight times the memory */
  constructor(digits: 2 | 3 = 3) {
    this.#histogram = build({ highestTrackableValue: longestKept, numberOfSignificantValueDigits: digits })
  }

  /** @param duration in milliseconds */
  add(duration: number): void {
    this.#longest = Math.max(this.#longest, duration)
    this.#histogram.recordValue(Math.min(Math.round(duration * 1000), longestKept))
  }

  read(): Latency {
    const max = Math.round(this.#longest * 1000) / 1000
    // The histogram gives the upper end of the range that a value falls in.
    const at = (percentile: number) => Math.min(this.#histogram.getValueAtPercentile(percentile) / 1000, max)
    return { p50: at(50), p90: at(90), p95: at(95), p99: at(99), p999: at(99.9), max }
  }
}

/**
 * Counts outcomes. Latencies are those of expected answers and of what waited in vain: a refusal that comes at once must
 * not improve the stats.
 */
export class Tally {
  requests = 0
  errors = 0
  readonly #latencies: Percentiles

  constructor(digits: 2 | 3 = 3) {
    this.#latencies = new Percentiles(digits)
  }

  add({ due, ended, error }: Outcome): void {
    this.requests++
    if (error) this.errors++
    if (!error || error === timedOut || error === neverSent) this.#latencies.add(ended - due)
  }

  get latency(): Latency {
    return this.#latencies.read()
  }
}
