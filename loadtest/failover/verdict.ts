import type { Report } from '../report/report.js'
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

/** What the product promises, beyond 0 failed, lost, doubled and signed out. Times in milliseconds. */
const promises: Record<string, { p99After?: number; worst?: number; mayFail?: true }> = {
  kill: { p99After: 250, worst: 1_500 },
  // Those who were at the hung replica wait for nginx's read timeout of 10 s, once.
  hang: { worst: 12_000 },
  // While the server is away longer than a request waits, people are told so.
  database: { mayFail: true },
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

/** What of the promises a run broke, each in words. @param timed whether the promised times count too */
export function breachesOf(figures: Figures, timed: boolean): string[] {
  const { p99After, worst, mayFail } = promises[figures.scenario] ?? {}
  const breaches: string[] = []
  const check = (what: string, value: number, most: number) => {
    if (value > most) breaches.push(`${figures.scenario}: ${what} ${Math.round(value)}, promised ${most}`)
  }
  if (!mayFail) check('failed requests', figures.failed, 0)
  check('lost writes', figures.lost, 0)
  check('doubled writes', figures.doubled, 0)
  check('people signed out', figures.signedOut, 0)
  if (timed && p99After !== undefined) check('p99 ms in the second after', figures.p99After, p99After)
  if (timed && worst !== undefined) check('worst ms', figures.worst, worst)
  return breaches
}

export function reportOf(runs: Run[], timed: boolean, environment: string[]): Report {
  const figures = runs.map(figuresOf)
  const breaches = figures.flatMap((each) => breachesOf(each, timed))
  const requests = figures.reduce((sum, each) => sum + each.requests, 0)
  const faults = figures.reduce((sum, each) => sum + each.faults, 0)
  return {
    title: 'Bodega failover suite',
    verdict: {
      ok: breaches.length === 0,
      text:
        breaches.length === 0
          ? `${faults} faults under ${requests.toLocaleString('en')} requests, each sent once: every promise was kept.`
          : breaches.join('; '),
    },
    tables: [
      {
        title: 'Verdict',
        head: [
          'scenario',
          'requests',
          'faults',
          'failed',
          'lost',
          'doubled',
          'signed out',
          'p50 ms',
          'p99 ms',
          'p99 after',
          'worst',
          'recovery s',
        ],
        rows: figures.map((each) => [
          each.scenario,
          each.requests,
          each.faults,
          each.failed,
          each.lost,
          each.doubled,
          each.signedOut,
          Math.round(each.p50),
          Math.round(each.p99),
          Math.round(each.p99After),
          Math.round(each.worst),
          each.recovery.map((ms) => (ms / 1000).toFixed(1)).join(' to '),
        ]),
      },
      {
        title: 'What was done to it',
        head: ['scenario', 'fault', 'requests a second', 'of them writes'],
        rows: runs.map(({ scenario }, index) => {
          const { rate, writes } = figures[index] as Figures
          return [scenario.name, scenario.about, Math.round(rate), `${Math.round(writes * 100)} %`]
        }),
      },
      ...findings(runs),
    ],
    charts: runs.flatMap(chartsOf),
    notes: [
      'Each request is sent once and never again; whatever is not the expected answer counts as failed.',
      'Latencies count from the moment at which a request was due, so that a slow answer hides no other.',
      '"p99 after" is of the requests that were due in the second after a fault. "Recovery" is the median and the longest time until all that was hit served again.',
      ...environment,
    ],
  }
}

/** The failures, losses and doublings themselves, as far as they help to find the cause. */
function findings(runs: Run[]): Report['tables'] {
  const rows = runs.flatMap(({ scenario, entries, audit, started }) => [
    ...entries
      .filter(({ fault }) => fault !== undefined)
      .map(({ kind, due, fault }) => [scenario.name, `${kind}: ${fault}`, `${((due - started) / 1000).toFixed(1)} s`]),
    ...audit.lost.map((what) => [scenario.name, `lost: ${what}`, '']),
    ...audit.doubled.map((what) => [scenario.name, `doubled: ${what}`, '']),
  ])
  return rows.length === 0
    ? []
    : [{ title: 'What went wrong', head: ['scenario', 'what', 'when'], rows: rows.slice(0, 50) }]
}

function chartsOf({ scenario, started, ended, entries, faults }: Run): Report['charts'] {
  const seconds = Array.from({ length: Math.ceil((ended - started) / 1000) }, (_, second) => second)
  const marks = faults.map(({ at, label }) => ({ at: (at - started) / 1000, label }))
  const perSecond = (chosen: Entry[], measure: (entries: Entry[]) => number | null) => {
    const groups: Entry[][] = seconds.map(() => [])
    for (const entry of chosen) groups[Math.floor((entry.due - started) / 1000)]?.push(entry)
    return groups.map(measure)
  }
  const failed = entries.filter(({ fault }) => fault !== undefined)
  const failures = failed.length
    ? [
        {
          title: `${scenario.name}: failed requests`,
          unit: 'a second',
          seconds,
          marks,
          lines: [{ label: 'failed', values: perSecond(failed, (group) => group.length) }],
        },
      ]
    : []
  const replicas = [...new Set(entries.map(({ servedBy }) => servedBy))]
    .filter((name) => name !== undefined && name !== 'nginx')
    .sort() as string[]
  return [
    {
      title: `${scenario.name}: requests answered by each replica`,
      unit: 'a second',
      seconds,
      marks,
      lines: replicas.map((name) => ({
        label: name,
        values: perSecond(
          entries.filter(({ servedBy }) => servedBy === name),
          (group) => group.length,
        ),
      })),
    },
    {
      title: `${scenario.name}: latency`,
      unit: 'ms',
      seconds,
      marks,
      lines: [50, 99, 100].map((rank) => ({
        label: rank === 100 ? 'worst' : `p${rank}`,
        values: perSecond(entries, (group) => (group.length ? percentile(group.map(latencyOf), rank) : null)),
      })),
    },
    ...failures,
  ]
}

function latencyOf({ due, ended }: Entry): number {
  return ended - due
}

/** The nearest-rank percentile; 0 of nothing. */
function percentile(values: number[], rank: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil((rank / 100) * sorted.length) - 1)] ?? 0
}
