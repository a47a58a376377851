import { build, type Histogram } from 'hdr-histogram-js'

/** What became of a request. `due` and `at`, when it ended, are on the clock of performance.now(). */
export interface Outcome {
  step: string
  due: number
  at: number
  /** X-Served-By of the answer; undefined where there was none. */
  replica?: string | undefined
  /** Why it is an error; undefined where the answer was the expected one. */
  error?: string | undefined
}

/** Percentiles in milliseconds. */
export type Latency = Record<'p50' | 'p90' | 'p95' | 'p99' | 'p999' | 'max', number>

/** Errors of requests that waited in vain: for an answer, or for a free connection until the end. */
export const timedOut = 'no answer in time'
export const neverSent = 'never sent'

/** In microseconds: a minute, which no request may take. */
const longestKept = 60_000_000

/**
 * Counts outcomes. Latencies are those of expected answers and of what waited in vain: a refusal that comes at once must
 * not make the figures look better.
 */
export class Tally {
  requests = 0
  errors = 0
  #longest = 0
  /** In microseconds. */
  readonly #latencies: Histogram

  /** @param digits how many digits of a latency are kept; a third one takes eight times the memory */
  constructor(digits: 2 | 3 = 3) {
    this.#latencies = build({ highestTrackableValue: longestKept, numberOfSignificantValueDigits: digits })
  }

  add({ due, at, error }: Outcome): void {
    this.requests++
    if (error) this.errors++
    if (error && error !== timedOut && error !== neverSent) return
    this.#longest = Math.max(this.#longest, at - due)
    this.#latencies.recordValue(Math.min(Math.round((at - due) * 1000), longestKept))
  }

  latency(): Latency {
    const max = Math.round(this.#longest * 1000) / 1000
    // The histogram gives the upper end of the range that a value falls in.
    const at = (percentile: number) => Math.min(this.#latencies.getValueAtPercentile(percentile) / 1000, max)
    return {
      p50: at(50),
      p90: at(90),
      p95: at(95),
      p99: at(99),
      p999: at(99.9),
      max,
    }
  }
}
