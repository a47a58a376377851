import type { RunStats } from './run-stats.js'

interface Promised {
  p99After?: number
  p99Settled?: number
  worst?: number
  mayFail?: true
}

/** What the product promises, beyond 0 failed, lost, doubled and signed out. Times in milliseconds. */
const promises: Record<string, Promised> = {
  kill: { p99After: 250, worst: 1_500 },
  // The watchdog ends a replica that stands still; those who were waiting for it are then sent to another.
  hang: { worst: 4_000 },
  // While the server is away for longer than a request waits, people are told to try again.
  database: { mayFail: true },
  'database-hang': { mayFail: true, p99Settled: 1_000 },
}

/** The promises that a run broke, each in words. @param timed whether the promised times count too */
export function breachesOf(stats: RunStats, timed: boolean): string[] {
  const { p99After, p99Settled, worst, mayFail } = promises[stats.scenario] ?? {}
  const checks: [what: string, value: number, most: number | undefined][] = [
    mayFail
      ? ['requests failed while the system was whole', stats.failedOutside, 0]
      : ['failed requests', stats.failed, 0],
    ['lost writes', stats.lost, 0],
    ['doubled writes', stats.doubled, 0],
    ['people signed out', stats.signedOut, 0],
    ['p99 ms in the second after', stats.p99After, timed ? p99After : undefined],
    ['p99 ms when it should be normal again', stats.p99Settled, timed ? p99Settled : undefined],
    ['worst ms', stats.worst, timed ? worst : undefined],
  ]
  return checks
    .filter(([, value, most]) => most !== undefined && value > most)
    .map(([what, value, most]) => `${stats.scenario}: ${what} ${Math.round(value)}, promised ${most}`)
}
