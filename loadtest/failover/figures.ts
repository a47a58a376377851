import type { Audit } from './audit.js'
import type { Entry } from './ledger.js'
import type { Fault, Scenario } from './scenarios.js'

/** What happened in one scenario, as it was recorded. */
export interface Run {
  scenario: Scenario
  started: number
  ended: number
  entries: Entry[]
  faults: Fault[]
  audit: Audit
  signedOut: number
}

/** A run in figures; times in milliseconds, latencies from the moment at which a request was due. */
export interface Figures {
  scenario: string
  requests: number
  rate: number
  writes: number
  faults: number
  failed: number
  lost: number
  doubled: number
  signedOut: number
  p50: number
  p99: number
  /** The 99th percentile of the requests that were due in the second after a fault. */
  p99After: number
  worst: number
  /** Until all that was hit served again: the median and the longest. */
  recovery: [median: number, longest: number]
}

export function figuresOf({ scenario, started, ended, entries, faults, audit, signedOut }: Run): Figures {
  const latencies = entries.map(latencyOf)
  const after = entries.filter(({ due }) => faults.some(({ at }) => due >= at && due < at + 1_000))
  const recoveries = faults.flatMap(({ at, recovered }) => (recovered === undefined ? [] : [recovered - at]))
  return {
    scenario: scenario.name,
    requests: entries.length,
    rate: entries.length / ((ended - started) / 1000),
    writes: entries.filter(({ write }) => write).length / entries.length,
    faults: faults.length,
    failed: entries.filter(({ fault }) => fault !== undefined).length,
    lost: audit.lost.length,
    doubled: audit.doubled.length,
    signedOut,
    p50: percentile(latencies, 50),
    p99: percentile(latencies, 99),
    p99After: percentile(after.map(latencyOf), 99),
    worst: percentile(latencies, 100),
    recovery: [percentile(recoveries, 50), percentile(recoveries, 100)],
  }
}

/** From the moment at which the request was due, so that a slow answer hides no other. */
export function latencyOf({ due, ended }: Entry): number {
  return ended - due
}

/** The nearest-rank percentile; 0 of nothing. */
export function percentile(values: number[], rank: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)] ?? 0
}
