import { type Outcome, Tally } from './tally.js'

export type Figures = ReturnType<Recorder['figures']>

/** Keeps the outcomes of a run: all of them, and by step, by replica and by second. */
export class Recorder {
  readonly #start: number
  readonly #seconds: number
  readonly #all = new Tally()
  readonly #steps = new Map<string, Tally>()
  readonly #replicas = new Map<string, Tally>()
  readonly #timeline = new Map<number, Tally & { replicas: Map<string, number> }>()
  readonly #errors = new Map<string, number>()
  #end: number

  constructor(start: number, seconds: number) {
    this.#start = start
    this.#seconds = seconds
    this.#end = start + seconds * 1000
  }

  record(outcome: Outcome): void {
    const { step, at, replica, error } = outcome
    this.#end = Math.max(this.#end, at)
    const second = entry(this.#timeline, this.#secondOf(at), () => Object.assign(new Tally(2), { replicas: new Map() }))
    for (const tally of [this.#all, entry(this.#steps, step, newTally), second]) tally.add(outcome)
    if (error) this.#errors.set(error, (this.#errors.get(error) ?? 0) + 1)
    if (!replica) return
    entry(this.#replicas, replica, newTally).add(outcome)
    if (!error) second.replicas.set(replica, (second.replicas.get(replica) ?? 0) + 1)
  }

  /** @param replicas the names of those that are known to run, so that one which answered nothing is seen too */
  figures(replicas: string[] = []) {
    for (const name of replicas) entry(this.#replicas, name, newTally)
    const { requests, errors } = this.#all
    return {
      requests,
      errors,
      seconds: (this.#end - this.#start) / 1000,
      requestsPerSecond: (requests - errors) / ((this.#end - this.#start) / 1000),
      latency: this.#all.latency(),
      errorsByKind: Object.fromEntries([...this.#errors].sort()),
      fairness: fairnessOf(this.#replicas),
      replicas: named(this.#replicas),
      steps: named(this.#steps),
      timeline: this.#secondBySecond(),
    }
  }

  /** The last answers of a run come a moment after its end; they belong to its last second, not to one of their own. */
  #secondOf(at: number): number {
    const second = (at - this.#start) / 1000
    return second < this.#seconds + 1 ? Math.min(Math.floor(second), this.#seconds - 1) : Math.floor(second)
  }

  #secondBySecond() {
    return Array.from(
      { length: Math.max(this.#seconds, ...[...this.#timeline.keys()].map((last) => last + 1)) },
      (_, second) => {
        const tally = this.#timeline.get(second)
        return {
          second: second + 1,
          answered: tally ? tally.requests - tally.errors : 0,
          errors: tally?.errors ?? 0,
          latency: tally && tally.requests > tally.errors ? tally.latency() : null,
          replicas: Object.fromEntries(tally?.replicas ?? []),
        }
      },
    )
  }
}

const newTally = () => new Tally()

function named(tallies: Map<string, Tally>) {
  return [...tallies]
    .map(([name, tally]) => ({ name, requests: tally.requests, errors: tally.errors, latency: tally.latency() }))
    .sort((one, other) => one.name.localeCompare(other.name))
}

/**
 * Jain's index over the replicas' answers: 1 where all gave equally many, 1/n where one of n gave them all. It is one
 * number whatever the count of replicas, and moves with each of them, not with the extremes alone. What nginx answers by
 * itself counts for none. Source: Jain, Chiu, Hawe, "A Quantitative Measure of Fairness", DEC-TR-301, 1984.
 */
function fairnessOf(replicas: Map<string, Tally>): number | null {
  const counts = [...replicas].filter(([name]) => name !== 'nginx').map(([, { requests }]) => requests)
  const sum = counts.reduce((all, count) => all + count, 0)
  const squares = counts.reduce((all, count) => all + count ** 2, 0)
  return sum === 0 ? null : sum ** 2 / (counts.length * squares)
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const there = map.get(key)
  if (there) return there
  const made = make()
  map.set(key, made)
  return made
}
