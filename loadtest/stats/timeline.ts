import type { Outcome } from './outcome.js'
import { Tally } from './tally.js'

/** What became of the requests that were due in one span of a run. */
export interface Window {
  /** When the window ended, in seconds since the run began: what it tells was known only then. */
  second: number
  /** Answers as expected, a second. */
  answered: number
  /** Errors a second. */
  errors: number
  latency: Tally['latency'] | null
  /** Answers as expected, a second, by replica. */
  replicas: Record<string, number>
}

/** A run in windows of equal length. One that the run's end cuts short would look like an outage, so it is left out. */
export class Timeline {
  readonly #length: number
  readonly #windows = new Map<number, { tally: Tally; replicas: Map<string, number> }>()

  /**
   * @param start by performance.now()
   * @param step a window's length in seconds
   */
  constructor(
    readonly start: number,
    seconds: number,
    readonly step = 1,
  ) {
    this.#length = Math.floor(seconds / step)
  }

  add(outcome: Outcome): void {
    const { due, replica, error } = outcome
    const index = Math.floor((due - this.start) / 1000 / this.step)
    const window = this.#windows.get(index) ?? { tally: new Tally(2), replicas: new Map<string, number>() }
    this.#windows.set(index, window)
    window.tally.add(outcome)
    if (replica && !error) window.replicas.set(replica, (window.replicas.get(replica) ?? 0) + 1)
  }

  windows(): Window[] {
    return Array.from({ length: this.#length }, (_, index) => this.#window(index))
  }

  #window(index: number): Window {
    const second = (index + 1) * this.step
    const window = this.#windows.get(index)
    if (!window) return { second, answered: 0, errors: 0, latency: null, replicas: {} }
    const { requests, errors, latency } = window.tally
    return {
      second,
      answered: (requests - errors) / this.step,
      errors: errors / this.step,
      latency: latency.max > 0 ? latency : null,
      replicas: Object.fromEntries([...window.replicas].map(([name, count]) => [name, count / this.step])),
    }
  }
}
