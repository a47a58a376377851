import type { Outcome } from '../stats/outcome.js'
import { type Latency, Percentiles, Tally } from '../stats/tally.js'
import type { Run } from './run.js'
import type { Fault } from './scenarios.js'

/** A run in numbers; times in milliseconds, latencies from the moment at which a request was due. */
export interface Stats {
  scenario: string
  requests: number
  rate: number
  /** Their share of the requests, from 0 to 1. */
  writes: number
  faults: number
  failed: number
  /** Failed although the system was whole, or should have been again. */
  failedOutside: number
  lost: number
  doubled: number
  signedOut: number
  p50: number
  p99: number
  /** The 99th percentile of the requests that were due in the second after a fault. */
  p99After: number
  /** The same of those that were due when a fault that lasted should be forgotten. */
  p99Settled: number
  worst: number
  /** Until all that was hit served again: the median and the longest. */
  recovery: [median: number, longest: number]
}

/** So long after a fault all must be normal again, and for so long that is looked at, in milliseconds. */
const settling = 3_000
const settled = 2_000

/** A request may have been on its way for so long when the fault hit it, in milliseconds. */
const onItsWay = 1_000

export function statsOf({ scenario, started, ended, outcomes, faults, audit, signedOut }: Run): Stats {
  const dueIn = (from: (fault: Fault) => number, to: (fault: Fault) => number) => {
    return outcomes.filter(({ due }) => faults.some((fault) => due >= from(fault) && due < to(fault)))
  }
  const failed = outcomes.filter(isFailed)
  const excused = dueIn(
    ({ at }) => at - onItsWay,
    (fault) => overAt(fault) + settling,
  ).filter(isFailed)
  const { p50, p99, max } = latencyOf(outcomes)
  const recovery = recoveryOf(faults)
  return {
    scenario: scenario.name,
    requests: outcomes.length,
    rate: outcomes.length / ((ended - started) / 1000),
    writes: outcomes.filter(({ write }) => write).length / outcomes.length,
    faults: faults.length,
    failed: failed.length,
    failedOutside: failed.length - excused.length,
    lost: audit.lost.length,
    doubled: audit.doubled.length,
    signedOut,
    p50,
    p99,
    p99After: latencyOf(
      dueIn(
        ({ at }) => at,
        ({ at }) => at + 1_000,
      ),
    ).p99,
    p99Settled: latencyOf(
      dueIn(
        (fault) => overAt(fault) + settling,
        (fault) => overAt(fault) + settling + settled,
      ),
    ).p99,
    worst: max,
    recovery: [recovery.p50, recovery.max],
  }
}

export function isFailed({ error }: Outcome): boolean {
  return error !== undefined
}

/** When the system had no reason any more not to be normal. */
function overAt({ at, until, recovered }: Fault): number {
  return until ?? recovered ?? at
}

function latencyOf(outcomes: Outcome[]): Latency {
  const tally = new Tally()
  for (const outcome of outcomes) tally.add(outcome)
  return tally.latency
}

function recoveryOf(faults: Fault[]): Latency {
  const times = new Percentiles()
  for (const { at, recovered } of faults) if (recovered !== undefined) times.add(recovered - at)
  return times.read()
}
