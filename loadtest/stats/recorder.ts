import type { Outcome } from './outcome.js'
import { Tally } from './tally.js'
import { Timeline } from './timeline.js'

export type Stats = ReturnType<Recorder['stats']>

/** Keeps the outcomes of a run: all of them, and by step, by replica and over time. */
export class Recorder {
  readonly #start: number
  readonly #all = new Tally()
  readonly #steps = new Map<string, Tally>()
  readonly #replicas = new Map<string, Tally>()
  readonly #errors = new Map<string, number>()
  readonly #timeline: Timeline
  #end: number

  /** @param start by performance.now() */
  constructor(start: number, seconds: number) {
    this.#start = start
    this.#end = start + seconds * 1000
    this.#timeline = new Timeline(start, seconds)
  }

  readonly record = (outcome: Outcome): void => {
    const { step, ended, replica, error } = outcome
    this.#end = Math.max(this.#end, ended)
    this.#all.add(outcome)
    tallyOf(this.#steps, step).add(outcome)
    if (replica) tallyOf(this.#replicas, replica).add(outcome)
    if (error) this.#errors.set(error, (this.#errors.get(error) ?? 0) + 1)
    this.#timeline.add(outcome)
  }

  /** @param replicas the names of those that are known to run, so that one which answered nothing is seen too */
  stats(replicas: string[] = []) {
    for (const name of replicas) tallyOf(this.#replicas, name)
    const { requests, errors, latency } = this.#all
    const seconds = (this.#end - this.#start) / 1000
    return {
      requests,
      errors,
      seconds,
      requestsPerSecond: (requests - errors) / seconds,
      latency,
      errorsByKind: Object.fromEntries([...this.#errors].sort()),
      fairness: fairnessOf(this.#replicas),
      replicas: named(this.#replicas),
      steps: named(this.#steps),
      timeline: this.#timeline.windows(),
    }
  }
}

function named(tallies: Map<string, Tally>) {
  return [...tallies]
    .map(([name, { requests, errors, latency }]) => ({ name, requests, errors, latency }))
    .sort((one, other) => one.name.localeCompare(other.name))
}

/**
 * Jain's index over the replicas' answers: 1 where all gave equally many, 1/n where one of n gave them all. What nginx
 * answers by itself does not count.
 * Source: Jain, Chiu, Hawe, "A Quantitative Measure of Fairness", DEC-TR-301, 1984.
 */
function fairnessOf(replicas: Map<string, Tally>): number | null {
  const counts = [...replicas].filter(([name]) => name !== 'nginx').map(([, { requests }]) => requests)
  const sum = counts.reduce((all, count) => all + count, 0)
  const squares = counts.reduce((all, count) => all + count ** 2, 0)
  return sum === 0 ? null : sum ** 2 / (counts.length * squares)
}

function tallyOf(tallies: Map<string, Tally>, key: string): Tally {
  const tally = tallies.get(key) ?? new Tally()
  tallies.set(key, tally)
  return tally
}
