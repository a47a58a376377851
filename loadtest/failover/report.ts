import { group, sum } from 'd3-array'
import { readMachine } from '../machine.js'
import type { Report, Table } from '../report/report.js'
import { timelineCharts } from '../report/timeline-charts.js'
import { isFailed, type Outcome } from '../stats/outcome.js'
import { timelineOf } from '../stats/timeline.js'
import { breachesOf } from './promises.js'
import type { Run } from './run.js'
import { type RunStats, runStatsOf } from './run-stats.js'

interface ReportOptions {
  /** Whether the promised times count too. */
  timed: boolean
  /** Requests a second. */
  rate: number
}

/** The verdict on all runs, with their stats and timelines. */
export function reportOf(runs: Run[], { timed, rate }: ReportOptions): Report {
  const machine = readMachine()
  const stats = runs.map(runStatsOf)
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

function verdictOn(stats: RunStats[], timed: boolean): Report['verdict'] {
  const breaches = stats.flatMap((each) => breachesOf(each, timed))
  if (breaches.length > 0) return { ok: false, text: breaches.join('; ') }
  const all = (key: 'requests' | 'faults') => sum(stats, (each) => each[key]).toLocaleString('en')
  return { ok: true, text: `${all('faults')} faults under ${all('requests')} requests: every promise was kept.` }
}

const counts = ['requests', 'faults', 'failed', 'lost', 'doubled', 'signedOut'] as const
const times = ['p50', 'p99', 'p99After', 'p99Settled', 'worst'] as const

function verdictTable(stats: RunStats[]): Table {
  const head = [...counts, ...times].map((key) => key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`))
  const rows = stats.map((each) => {
    const recovery = each.recovery.map((ms) => (ms / 1000).toFixed(1)).join(' to ')
    return [each.scenario, ...[...counts, ...times].map((key) => Math.round(each[key])), recovery]
  })
  return { title: 'Verdict, times in ms', head: ['scenario', ...head, 'recovery s'], rows }
}

function faultsTable(runs: Run[], stats: RunStats[]): Table {
  return {
    title: 'Faults',
    head: ['scenario', 'fault', 'requests a second', 'of them writes'],
    rows: runs.map(({ scenario: { name, about } }, index) => {
      const { rate, writes } = stats[index] as RunStats
      return [name, about, Math.round(rate), `${Math.round(writes * 100)} %`]
    }),
  }
}

/** A table is as long at most. */
const mostFindings = 50

/** The losses, doublings and failures themselves, as far as they help to find the cause. */
function findings(runs: Run[]): Table[] {
  const rows = runs.flatMap(({ scenario: { name }, outcomes, audit, started }) => {
    const failures = group(outcomes.filter(isFailed), ({ step, error }) => `${step}: ${error}`)
    const second = ({ due }: Outcome) => ((due - started) / 1000).toFixed(1)
    const spanOf = (its: Outcome[]) => `${second(its[0] as Outcome)} to ${second(its.at(-1) as Outcome)} s`
    return [
      ...audit.lost.map((what) => [name, `lost: ${what}`, 1, '']),
      ...audit.doubled.map((what) => [name, `doubled: ${what}`, 1, '']),
      ...[...failures].map(([what, its]) => [name, what, its.length, spanOf(its)]),
    ]
  })
  if (rows.length === 0) return []
  return [{ title: 'What went wrong', head: ['scenario', 'what', 'times', 'due'], rows: rows.slice(0, mostFindings) }]
}

/** A chart has as many points at most, half a second apart or more, so that what a fault does is seen at once. */
const mostPoints = 180

function chartsOf({ scenario: { name }, started, ended, outcomes, faults }: Run): Report['charts'] {
  const span = (ended - started) / 1000
  const timeline = timelineOf(outcomes, started, span, Math.ceil((span * 2) / mostPoints) / 2)
  const replicas = new Set(outcomes.flatMap(({ replica }) => (replica && replica !== 'nginx' ? [replica] : [])))
  const events = faults.map(({ at, label }) => ({ at: (at - started) / 1000, label }))
  return timelineCharts(`${name} · `, timeline, [...replicas].sort(), events)
}
