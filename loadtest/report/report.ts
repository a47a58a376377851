import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ejs from 'ejs'
import { type Chart, drawChart } from './chart.js'

/** What a run found, whatever it tested. */
export interface Report {
  title: string
  verdict: { ok: boolean; text: string }
  tables: Table[]
  charts: Chart[]
  /** Sentences that a reader must know to judge the results. */
  notes?: string[]
}

/** A row's first cell names it. The first table of a report stands above its charts. */
export interface Table {
  title: string
  head: string[]
  rows: (string | number)[][]
}

const folder = join(fileURLToPath(new URL('../../../', import.meta.url)), 'loadtest/report')
const template = join(folder, 'report.ejs')

/** One HTML file that needs no network and no script, so that it can be sent, kept, and opened anywhere. */
export function renderReport(report: Report): string {
  return ejs.render(
    readFileSync(template, 'utf8'),
    {
      ...report,
      notes: report.notes ?? [],
      charts: report.charts.map(drawChart),
      style: readFileSync(join(folder, 'report.css'), 'utf8'),
      shown,
    },
    { filename: template },
  )
}

/** A cell as text: numbers with separators and at most two decimals. */
export function shown(cell: string | number): string {
  return typeof cell === 'number' ? format.format(cell) : cell
}

const format = new Intl.NumberFormat('en', { maximumFractionDigits: 2 })
