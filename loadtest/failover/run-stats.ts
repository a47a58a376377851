import { latencyOf, percentilesOf } from '../stats/latency.js'
import { isFailed } from '../stats/outcome.js'
import type { Run } from './run.js'
import type { Fault } from './scenarios.js'

export type RunStats = ReturnType<typeof runStatsOf>

/** So long after a fault all must be normal again, and for so long that is looked at, in milliseconds. */
const settling = 3_000
const settled = 2_000

/** A request may have been on its way for so long when the fault hit it, in milliseconds. */
const onItsWay = 1_000

/** A run in numbers; times in milliseconds, latencies from the moment at which a request was due. */
export function runStatsOf({ scenario, started, ended, outcomes, faults, audit, signedOut }: Run) {
  const dueIn = (from: (fault: Fault) => number, length: number) =>
    outcomes.filter(({ due }) => faults.some((fault) => due >= from(fault) && due < from(fault) + length))
  const excused = (due: number) => faults.some((fault) => due >= fault.at - onItsWay && due < settledAt(fault))
  const failed = outcomes.filter(isFailed)
  const { p50, p99, max } = latencyOf(outcomes)
  return {
    scenario: scenario.name,
    requests: outcomes.length,
    rate: outcomes.length / ((ended - started) / 1000),
    /** Their share of the requests, from 0 to 1. */
    writes: outcomes.filter(({ write }) => write).length / outcomes.length,
    faults: faults.length,
    failed: failed.length,
    /** Failed although the system was whole, or should have been again. */
    failedOutside: failed.filter(({ due }) => !excused(due)).length,
    lost: audit.lost.length,
    doubled: audit.doubled.length,
    signedOut,
    p50,
    p99,
    /** Of the requests that were due in the second after a fault. */
    p99After: latencyOf(dueIn(({ at }) => at, 1_000)).p99,
    /** Of those that were due when a fault should have been forgotten. */
    p99Settled: latencyOf(dueIn(settledAt, settled)).p99,
    worst: max,
    recovery: recoveryOf(faults),
  }
}

/** When all must be normal again: some time after the fault's cause was gone. */
function settledAt({ at, until, recovered }: Fault): number {
  return (until ?? recovered ?? at) + settling
}

/** Until all that was hit served again: the median and the longest. */
function recoveryOf(faults: Fault[]): [number, number] {
  const times = faults.flatMap(({ at, recovered }) => (recovered === undefined ? [] : [recovered - at]))
  const { p50, max } = percentilesOf(times)
  return [p50, max]
}
