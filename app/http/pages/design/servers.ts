import type { Locale } from '../../../i18n/locales.js'
import type { Heartbeat, State } from '../../../monitoring/store.js'
import { presentCluster } from '../status/view.js'

const now = Date.UTC(2026, 2, 24, 9, 30)

/** What each replica last said of itself, and before how many seconds: one for each condition that there is. */
const last: [State, number][] = [
  ['ready', 0],
  ['ready', 2],
  ['ready', 8],
  ['draining', 0],
  ['starting', 0],
  ['left', 4],
]

/** The servers in every condition, as the page of the servers presents them. */
export function clusterIn(locale: Locale) {
  const beats = last.flatMap(([state, ago], index) => [
    beat(index, 'ready', 12),
    ...Array.from({ length: 11 - ago }, (_, second) => beat(index, 'ready', 11 - second)),
    beat(index, state, ago),
  ])
  const reading = { now, beats: beats.sort((a, b) => a.at - b.at) }
  return presentCluster({ reading, staleFor: 0 }, locale, { servedBy: 'replica-1', live: true })
}

function beat(index: number, state: State, ago: number): Heartbeat {
  return {
    id: index,
    at: now - ago * 1000,
    replica: `replica-${index + 1}`,
    run: `run-${index + 1}`,
    process: String(4000 + index),
    version: '1.0.0',
    state,
    uptimeMs: 3_600_000 - ago * 1000,
    spanMs: 1000,
    requests: 42,
    errors: 0,
    p50Ms: 3.2,
    p95Ms: 9.8,
    p99Ms: 21,
    inFlight: 2,
    lagMs: 1.1,
    memoryBytes: 90 * 2 ** 20,
    poolUsed: 1,
    poolSize: 10,
  }
}
