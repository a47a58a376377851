import type { Machine } from '../machine.js'
import type { Report, Table } from '../report/report.js'
import { timelineCharts } from '../report/timeline-charts.js'
import { Timeline } from '../stats/timeline.js'
import { breachesOf } from './promises.js'
import type { Run } from './run.js'
import { isFailed, type Stats, statsOf } from './stats.js'

export interface ReportOptions {
  /** Whether the promised times count too. */
  timed: boolean
  /** Requests a second. */
  rate: number
  machine: Machine
}

/** The verdict on all runs, with their stats and timelines. */
export function reportOf(runs: Run[], { timed, rate, machine }: ReportOptions): Report {
  const stats = runs.map(statsOf)
  return {
    title: 'Bodega failover suite',
    verdict: verdictOn(stats, timed),
    tables: [verdictTable(stats), faultsTable(runs, stats), ...findings(runs)],
    charts: runs.flatMap(chartsOf),
    notes: [
      'Each request is sent once and never again; whatever is not the expected answer counts as failed.',
      'Latencies count from the moment at which a request was due, so that a slow answer hides no other.',
      '“p99 after” is of the requests that were due in the second after a fault, “p99 settled” of those due from 3 to 5 s after it was over. “Recovery” is the median and the longest time until all that was hit served again.',
      `People sent ${rate} requests a second from the machine that also ran the system: ${machine.cores} cores (${machine.processor ?? 'unknown'}), Node ${machine.generatorNode}, commit ${machine.commit ?? 'unknown'}.`,
    ],
  }
}

function verdictOn(stats: Stats[], timed: boolean): Report['verdict'] {
  const breaches = stats.flatMap((each) => breachesOf(each, timed))
  if (breaches.length > 0) return { ok: false, text: breaches.join('; ') }
  const sum = (key: 'requests' | 'faults') => stats.reduce((all, each) => all + each[key], 0).toLocaleString('en')
  const text = `${sum('faults')} faults under ${sum('requests')} requests, each sent once: every promise was kept.`
  return { ok: true, text }
}

function verdictTable(stats: Stats[]): Table {
  const columns: [head: string, cell: (each: Stats) => string | number][] = [
    ['scenario', ({ scenario }) => scenario],
    ['requests', ({ requests }) => requests],
    ['faults', ({ faults }) => faults],
    ['failed', ({ failed }) => failed],
    ['lost', ({ lost }) => lost],
    ['doubled', ({ doubled }) => doubled],
    ['signed out', ({ signedOut }) => signedOut],
    ['p50 ms', ({ p50 }) => Math.round(p50)],
    ['p99 ms', ({ p99 }) => Math.round(p99)],
    ['p99 after', ({ p99After }) => Math.round(p99After)],
    ['p99 settled', ({ p99Settled }) => Math.round(p99Settled)],
    ['worst', ({ worst }) => Math.round(worst)],
    ['recovery s', ({ recovery }) => recovery.map((ms) => (ms / 1000).toFixed(1)).join(' to ')],
  ]
  const rows = stats.map((each) => columns.map(([, cell]) => cell(each)))
  return { title: 'Verdict', head: columns.map(([head]) => head), rows }
}

function faultsTable(runs: Run[], stats: Stats[]): Table {
  return {
    title: 'Faults',
    head: ['scenario', 'fault', 'requests a second', 'of them writes'],
    rows: runs.map(({ scenario: { name, about } }, index) => {
      const { rate, writes } = stats[index] as Stats
      return [name, about, Math.round(rate), `${Math.round(writes * 100)} %`]
    }),
  }
}

/** A table is as long at most. */
const mostFindings = 50

/** The failures, losses and doublings themselves, as far as they help to find the cause. */
function findings(runs: Run[]): Table[] {
  const rows = runs.flatMap(({ scenario: { name }, outcomes, audit, started }) => [
    ...outcomes
      .filter(isFailed)
      .map(({ step, due, error }) => [name, `${step}: ${error}`, `${((due - started) / 1000).toFixed(1)} s`]),
    ...audit.lost.map((what) => [name, `lost: ${what}`, '']),
    ...audit.doubled.map((what) => [name, `doubled: ${what}`, '']),
  ])
  if (rows.length === 0) return []
  return [{ title: 'What went wrong', head: ['scenario', 'what', 'when'], rows: rows.slice(0, mostFindings) }]
}

/** A chart has as many points at most, half a second apart or more, so that what a fault does is seen at once. */
const mostPoints = 180

function chartsOf({ scenario: { name }, started, ended, outcomes, faults }: Run): Report['charts'] {
  const span = (ended - started) / 1000
  const timeline = new Timeline(started, span, Math.ceil((span * 2) / mostPoints) / 2)
  for (const outcome of outcomes) timeline.add(outcome)
  const replicas = new Set(outcomes.flatMap(({ replica }) => (replica && replica !== 'nginx' ? [replica] : [])))
  const events = faults.map(({ at, label }) => ({ at: (at - started) / 1000, label }))
  return timelineCharts(`${name} · `, timeline.windows(), [...replicas].sort(), events)
}
