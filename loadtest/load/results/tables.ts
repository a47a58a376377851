import { sum } from 'd3-array'
import type { Table } from '../../report/report.js'
import { type Comparison, changeOf, shownChange } from './comparison.js'
import type { Judgement } from './limits.js'
import { measured, measureKeys, measures } from './measures.js'
import type { Result } from './result.js'

export function resultsTable(result: Result, comparison: Comparison | undefined): Table {
  const rows = rowsOf(result)
  const now = rows.map(([name, value]) => [name, inShort(value)])
  if (!comparison) return { title: 'Results', head: ['Measure', 'This run'], rows: now }
  const compared = rowsOf(comparison.earlier).map(([, earlier], row) => {
    return [...(now[row] ?? []), inShort(earlier), shownChange(changeOf(earlier, rows[row]?.[1] ?? 0))]
  })
  return { title: 'Results', head: ['Measure', 'This run', 'Earlier run', 'Change'], rows: compared }
}

function rowsOf({ stats }: Result): [string, number][] {
  const values = measured(stats)
  return [
    ['requests', stats.requests],
    ['errors', stats.errors],
    ...measureKeys.map((key): [string, number] => [`${measures[key].name}${measures[key].unit}`, values[key]]),
  ]
}

export function errorsTable({ stats }: Result): Table {
  const kinds = Object.entries(stats.errorsByKind)
  return { title: 'Errors by kind', head: ['Kind', 'Requests'], rows: kinds.length > 0 ? kinds : [['none', 0]] }
}

type Part = Result['stats']['steps'][number]

const partHead = ['Requests', 'Share, %', 'Errors', 'p50 ms', 'p95 ms', 'p99 ms', 'Slowest ms']

/** A row for each replica, or each step. */
export function partsTable(title: string, name: string, parts: Part[]): Table {
  const all = sum(parts, ({ requests }) => requests)
  return { title, head: [name, ...partHead], rows: parts.map((part) => rowOf(part, all)) }
}

/** No request took no time, so where the slowest took none, there was none. */
function rowOf({ name, requests, errors, latency }: Part, all: number) {
  const { p50, p95, p99, max } = latency
  const times = [p50, p95, p99, max].map((value) => (max > 0 ? inShort(value) : '–'))
  return [name, requests, inShort((requests / Math.max(1, all)) * 100), errors, ...times]
}

export function limitsTable(judgements: Judgement[]): Table {
  return {
    title: 'Limits',
    head: ['Limit', 'Set', 'Measured', 'Verdict'],
    rows: judgements.map(({ name, limit, measured, broken }) => [name, limit, measured, broken ? 'broken' : 'held']),
  }
}

export function environmentTable({ startedAt, settings, environment, generator }: Result): Table {
  const { connections, rate, duration, warmUp } = settings
  const { cores, memoryGb, processor, generatorNode, replicas, replicaNode, products } = environment
  const rows = [
    ['Started', day({ startedAt })],
    ['Address', settings.baseUrl],
    ['Load', `${connections} connections, ${rate ? `${rate} requests a second` : 'as fast as possible'}`],
    ['Time', `${duration} s, after a warm-up of ${warmUp} s`],
    ['Commit of this checkout', environment.commit],
    ['Products in the catalogue', products?.toLocaleString('en')],
    ['Replicas', replicas && `${replicas}, on Node ${replicaNode}`],
    ['nginx', environment.nginx],
    ['Database', environment.database],
    ['Generator', `${cores} cores (${processor}), ${memoryGb} GB, Node ${generatorNode}`],
    ['Its thread', `busy for ${Math.round(generator.busy * 100)} % of the time`],
  ]
  return {
    title: 'Environment',
    head: ['Fact', 'Value'],
    rows: rows.map((row) => row.map((cell) => cell || 'not known')),
  }
}

/** When a run started, to the minute. */
export function day({ startedAt }: Pick<Result, 'startedAt'>): string {
  return `${startedAt.slice(0, 16).replace('T', ' ')} UTC`
}

/** As many digits as say something. */
export function inShort(value: number): number {
  return Number(value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2))
}
