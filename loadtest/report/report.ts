import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ejs from 'ejs'
import { root } from '../../stack/checkout.js'
import { type Chart, drawChart } from './chart.js'

/** What a run found, whatever it tested. */
export interface Report {
  title: string
  verdict: { ok: boolean; text: string }
  tables: Table[]
  charts: Chart[]
  /** Sentences that a reader must know to judge the results. */
  notes: string[]
}

/** A row's first cell names it. The first table of a report stands above its charts. */
export interface Table {
  title: string
  head: string[]
  rows: (string | number)[][]
}

const template = join(root, 'loadtest/report/report.ejs')
const styles = ['node_modules/@picocss/pico/css/pico.classless.jade.min.css', 'loadtest/report/report.css']

/** One HTML file that needs no network and no script, so that it can be sent, kept, and opened anywhere. */
export function renderReport(report: Report): string {
  const style = styles.map((file) => readFileSync(join(root, file), 'utf8')).join('\n')
  const data = { ...report, charts: report.charts.map(drawChart), style, shown }
  return ejs.render(readFileSync(template, 'utf8'), data, { filename: template })
}

/** A cell as text: numbers with separators and at most two decimals. */
export function shown(cell: string | number): string {
  return typeof cell === 'number' ? format.format(cell) : cell
}

const format = new Intl.NumberFormat('en', { maximumFractionDigits: 2 })
