import type { Report } from '../report/report.js'
import { type Figures, figuresOf, latencyOf, percentile, type Run } from './figures.js'
import type { Entry } from './ledger.js'
import { breachesOf } from './promises.js'

/** The verdict on all runs, with their figures and timelines. @param timed whether the promised times count too */
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

/** A chart has as many points at most; a longer run is drawn in steps of more than a second. */
const mostPoints = 180

function chartsOf({ scenario, started, ended, entries, faults }: Run): Report['charts'] {
  const span = (ended - started) / 1000
  const step = Math.ceil(span / mostPoints)
  const seconds = Array.from({ length: Math.ceil(span / step) }, (_, index) => index * step)
  const marks = faults.map(({ at, label }) => ({ at: (at - started) / 1000, label }))
  const overTime = (chosen: Entry[], measure: (entries: Entry[]) => number | null) => {
    const groups: Entry[][] = seconds.map(() => [])
    for (const entry of chosen) groups[Math.floor((entry.due - started) / 1000 / step)]?.push(entry)
    return groups.map(measure)
  }
  const rate = (group: Entry[]) => group.length / step
  const failed = entries.filter(({ fault }) => fault !== undefined)
  const failures = failed.length
    ? [
        {
          title: `${scenario.name}: failed requests`,
          unit: 'a second',
          seconds,
          marks,
          lines: [{ label: 'failed', values: overTime(failed, rate) }],
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
        values: overTime(
          entries.filter(({ servedBy }) => servedBy === name),
          rate,
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
        values: overTime(entries, (group) => (group.length ? percentile(group.map(latencyOf), rank) : null)),
      })),
    },
    ...failures,
  ]
}
