import { group, rollup } from 'd3-array'
import { type Latency, latencyOf } from './latency.js'
import { isFailed, type Outcome } from './outcome.js'

/** What became of the requests that were due in one window of a run. */
export interface Window {
  /** When the window ended, in seconds since the run started: what it says was known only then. */
  second: number
  /** Answers as expected, a second. */
  answered: number
  /** Errors a second. */
  errors: number
  latency: Latency | null
  /** Answers as expected, a second, by replica. */
  replicas: Record<string, number>
}

/**
 * A run in windows of equal length. One that the run's end cuts short would look like an outage, so it is left out.
 * @param start by performance.now()
 * @param step a window's length in seconds
 */
export function timelineOf(outcomes: Outcome[], start: number, seconds: number, step = 1): Window[] {
  const windows = group(outcomes, ({ due }) => Math.floor((due - start) / 1000 / step))
  return Array.from({ length: Math.floor(seconds / step) }, (_, index) => {
    return windowOf(windows.get(index) ?? [], (index + 1) * step, step)
  })
}

function windowOf(outcomes: Outcome[], second: number, step: number): Window {
  const answered = outcomes.filter((outcome) => !isFailed(outcome))
  const byReplica = rollup(
    answered.filter(({ replica }) => replica),
    (its) => its.length / step,
    ({ replica }) => replica,
  )
  const latency = latencyOf(outcomes)
  return {
    second,
    answered: answered.length / step,
    errors: (outcomes.length - answered.length) / step,
    latency: latency.max > 0 ? latency : null,
    replicas: Object.fromEntries(byReplica),
  }
}
