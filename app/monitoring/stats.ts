import { createHistogram, monitorEventLoopDelay } from 'node:perf_hooks'
import type { Databases } from '../database/database.js'

/** A replica's work since its last heartbeat; times in milliseconds, null where there was nothing to time. */
export interface Sample {
  spanMs: number
  requests: number
  errors: number
  p50Ms: number | null
  p95Ms: number | null
  p99Ms: number | null
  inFlight: number
  lagMs: number
  memoryBytes: number
  poolUsed: number
  poolSize: number
}

/** Percentiles are of this many of the last seconds: one alone has too few requests to say much. */
const seconds = 5

/** How often the event loop is looked at, in milliseconds; every look is late by this much when nothing holds it up. */
const resolution = 20

export type Stats = ReturnType<typeof createStats>

/** Counts between heartbeats. Costs a request some microseconds. */
export function createStats({ users, products }: Databases) {
  const slots = Array.from({ length: seconds }, newHistogram)
  const lag = monitorEventLoopDelay({ resolution })
  lag.enable()
  let current = 0
  let counted = { requests: 0, errors: 0, since: performance.now() }
  let running = 0
  let mostRunning = 0

  return {
    begin() {
      mostRunning = Math.max(mostRunning, ++running)
    },

    end(status: number, ms: number) {
      running--
      counted.requests++
      if (status >= 500) counted.errors++
      // Whole microseconds, at least one: what the histogram can hold.
      slots[current]?.record(Math.min(Math.max(1, Math.round(ms * 1000)), longest))
    },

    /** What is counted stays counted until `reported` says that a heartbeat with it was written. */
    take(): Sample {
      const all = newHistogram()
      for (const slot of slots) all.add(slot)
      current = (current + 1) % seconds
      slots[current]?.reset()
      const percentile = (percent: number) => (all.count > 0 ? all.percentile(percent) / 1000 : null)
      const sample = {
        spanMs: Math.round(performance.now() - counted.since),
        requests: counted.requests,
        errors: counted.errors,
        p50Ms: percentile(50),
        p95Ms: percentile(95),
        p99Ms: percentile(99),
        inFlight: mostRunning,
        lagMs: Math.max(0, lag.max / 1e6 - resolution),
        memoryBytes: process.memoryUsage.rss(),
        poolUsed: users.takePeak() + products.takePeak(),
        poolSize: users.use().size + products.use().size,
      }
      lag.reset()
      mostRunning = running
      return sample
    },

    reported({ spanMs, requests, errors }: Sample) {
      counted = {
        requests: counted.requests - requests,
        errors: counted.errors - errors,
        since: counted.since + spanMs,
      }
    },
  }
}

/** In microseconds: a minute, which no request lasts. */
const longest = 60_000_000

function newHistogram() {
  return createHistogram({ lowest: 1, highest: longest, figures: 2 })
}
