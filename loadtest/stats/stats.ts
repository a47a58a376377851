import { group, max, rollup, sum } from 'd3-array'
import { latencyOf } from './latency.js'
import { isFailed, type Outcome } from './outcome.js'
import { timelineOf } from './timeline.js'

export type Stats = ReturnType<typeof statsOf>

/**
 * All of a run, and by step, by replica and over time.
 * @param start by performance.now()
 * @param known the replicas that are known to run, so that one which answered nothing is seen too
 */
export function statsOf(outcomes: Outcome[], start: number, duration: number, known: string[] = []) {
  const failed = outcomes.filter(isFailed)
  const seconds = Math.max(duration, ((max(outcomes, ({ ended }) => ended) ?? start) - start) / 1000)
  const errorsByKind = rollup(
    failed,
    (its) => its.length,
    ({ error }) => error as string,
  )
  const nobody = known.map((name): [string, Outcome[]] => [name, []])
  const answered = outcomes.filter(({ replica }) => replica)
  const replicas = partsOf([...nobody, ...group(answered, ({ replica }) => replica as string)])
  return {
    requests: outcomes.length,
    errors: failed.length,
    seconds,
    requestsPerSecond: (outcomes.length - failed.length) / seconds,
    latency: latencyOf(outcomes),
    errorsByKind: Object.fromEntries([...errorsByKind].sort()),
    fairness: fairnessOf(replicas.filter(({ name }) => name !== 'nginx').map(({ requests }) => requests)),
    replicas,
    steps: partsOf([...group(outcomes, ({ step }) => step)]),
    timeline: timelineOf(outcomes, start, duration),
  }
}

/** A name that comes again takes the place of the one before. */
function partsOf(groups: [name: string, outcomes: Outcome[]][]) {
  return [...new Map(groups)]
    .map(([name, outcomes]) => {
      return { name, requests: outcomes.length, errors: outcomes.filter(isFailed).length, latency: latencyOf(outcomes) }
    })
    .sort((one, other) => one.name.localeCompare(other.name))
}

/**
 * Jain's index over the replicas' answers: 1 where all gave equally many, 1/n where one of n gave them all.
 * Source: Jain, Chiu, Hawe, "A Quantitative Measure of Fairness", DEC-TR-301, 1984.
 */
function fairnessOf(counts: number[]): number | null {
  const all = sum(counts)
  return all === 0 ? null : all ** 2 / (counts.length * sum(counts, (count) => count ** 2))
}
