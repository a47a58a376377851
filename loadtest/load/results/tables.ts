import type { Table } from '../../report/report.js'
import type { Latency } from '../../stats/tally.js'
import { type Comparison, changeOf, shownChange } from './comparison.js'
import type { Judgement } from './limits.js'
import type { Comparable, Result } from './result.js'

export function statsTable(result: Result, comparison: Comparison | undefined): Table {
  const rows = rowsOf(result)
  if (!comparison) {
    return { title: 'Results', head: ['Measure', 'This run'], rows: rows.map(([name, now]) => [name, inShort(now)]) }
  }
  const before = rowsOf(comparison.earlier)
  return {
    title: 'Results',
    head: ['Measure', 'This run', 'Earlier run', 'Change'],
    rows: rows.map(([name, now], index) => {
      const earlier = before[index]?.[1] as number
      return [name, inShort(now), inShort(earlier), shownChange(changeOf(earlier, now))]
    }),
  }
}

function rowsOf({ stats }: Comparable): [string, number][] {
  const { requests, errors, requestsPerSecond, latency, fairness } = stats
  return [
    ['Requests', requests],
    ['Errors', errors],
    ['Answers as expected, a second', requestsPerSecond],
    ['p50, ms', latency.p50],
    ['p90, ms', latency.p90],
    ['p95, ms', latency.p95],
    ['p99, ms', latency.p99],
    ['p99.9, ms', latency.p999],
    ['Slowest, ms', latency.max],
    ['Fairness over the replicas', fairness ?? 0],
  ]
}

export function errorsTable({ stats }: Result): Table {
  const kinds = Object.entries(stats.errorsByKind)
  return { title: 'Errors by kind', head: ['Kind', 'Requests'], rows: kinds.length > 0 ? kinds : [['none', 0]] }
}

export function perReplica({ stats }: Result): Table {
  const all = stats.replicas.reduce((sum, { requests }) => sum + requests, 0)
  return {
    title: 'By replica',
    head: ['Replica', 'Requests', 'Share, %', 'Errors', 'p50 ms', 'p95 ms', 'p99 ms', 'Slowest ms'],
    rows: stats.replicas.map(({ name, requests, errors, latency }) => {
      const share = Math.round((requests / Math.max(1, all)) * 1000) / 10
      return [name, requests, share, errors, ...cellsOf(latency)]
    }),
  }
}

export function perStep({ stats }: Result): Table {
  return {
    title: 'By step',
    head: ['Step', 'Requests', 'Errors', 'p50 ms', 'p95 ms', 'p99 ms', 'Slowest ms'],
    rows: stats.steps.map(({ name, requests, errors, latency }) => [name, requests, errors, ...cellsOf(latency)]),
  }
}

/** No request took no time, so where the slowest took none, there was none. */
function cellsOf({ p50, p95, p99, max }: Latency): (string | number)[] {
  return [p50, p95, p99, max].map((value) => (max > 0 ? inShort(value) : '–'))
}

export function limitsTable(judgements: Judgement[]): Table {
  return {
    title: 'Limits',
    head: ['Limit', 'Set', 'Measured', 'Verdict'],
    rows: judgements.map(({ name, limit, measured, broken }) => [name, limit, measured, broken ? 'broken' : 'held']),
  }
}

export function environmentTable({ startedAt, settings, environment, generator }: Result): Table {
  const known = (value: string | number | null) => String(value ?? 'not known')
  const percent = (share: number) => `${Math.round(share * 100)} %`
  return {
    title: 'Environment',
    head: ['Fact', 'Value'],
    rows: [
      ['Started', day({ startedAt })],
      ['Address', settings.baseUrl],
      [
        'Load',
        `${settings.connections} connections, ${settings.rate ? `${settings.rate} requests a second` : 'as fast as possible'}`,
      ],
      ['Time', `${settings.duration} s, after a warm-up of ${settings.warmUp} s`],
      ['Commit of this checkout', known(environment.commit)],
      [
        'Products in the catalogue',
        environment.products === null ? 'not known' : environment.products.toLocaleString('en'),
      ],
      ['Replicas', known(environment.replicas)],
      ['Node of the replicas', known(environment.replicaNode)],
      ['nginx', known(environment.nginx)],
      ['Database', known(environment.database)],
      [
        'Generator’s machine',
        `${environment.cores} cores, ${environment.memoryGb} GB, ${known(environment.processor)}`,
      ],
      ['Generator’s Node', environment.generatorNode],
      [
        'Generator’s CPU',
        `${generator.generatorCores.toFixed(2)} of a core; its thread was busy ${percent(generator.generatorBusy)} of the time`,
      ],
      ['All CPUs of that machine', `busy ${percent(generator.machineBusy)} of the time`],
    ],
  }
}

/** When a run began, to the minute. */
export function day({ startedAt }: Pick<Comparable, 'startedAt'>): string {
  return `${startedAt.slice(0, 16).replace('T', ' ')} UTC`
}

/** As many digits as say something. */
export function inShort(value: number): number {
  return Number(value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2))
}
