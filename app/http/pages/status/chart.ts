import type { Locale } from '../../../i18n/locales.js'
import { history } from '../../../monitoring/store.js'
import type { Timeline } from '../../../monitoring/timeline.js'
import { numberOf, timeOf } from './formats.js'
import { type ShownEvent, tones } from './view.js'

type Values = (number | null)[]

/** The drawing's size, in units of its own, and how many seconds a point of it stands for. */
const width = 900
const height = 200
const step = 5

/**
 * The last 15 minutes as drawings, for where no script runs: requests per second, one replica's on top of the other's,
 * so that the whole shows and how it moves from one to another; and the 95th percentile as lines.
 */
export function chartsOf({ from, replicas }: Timeline, events: ShownEvent[], locale: Locale) {
  const series = Object.values(replicas)
  const requests = series.map((each) => each.requests)
  const p95 = series.map((each) => each.p95)
  const marks = events.map(({ kind, at, words }) => ({ kind, x: at / 1000 - from, words }))
  const charts = [
    { name: 'requests', stat: 'rate', all: stack(requests), values: stack(requests.map(by(mean))), shape: area },
    { name: 'p95', stat: 'p95', all: p95, values: p95.map(by(most)), shape: line },
  ] as const
  return charts.map(({ name, stat, all, values, shape }) => {
    const top = roundUp(most(all.flat()) ?? 0)
    // The highest area first, so that the lower ones lie on it.
    const shapes = values.map((each, index) => ({ tone: index % tones, path: shape(each, top) })).reverse()
    return { name, stat, top: numberOf(top, locale), shapes, marks, width, height, names: Object.keys(replicas) }
  })
}

/** The same as a table: for each minute, the newest first, each replica's requests per second and 95th percentile. */
export function minutesOf({ from, replicas }: Timeline, locale: Locale) {
  const show = (value: number | null) => (value === null ? '–' : numberOf(value, locale))
  return Array.from({ length: history / 60 }, (_, minute) => {
    const start = minute * 60
    const cells = Object.entries(replicas).flatMap(([replica, { requests, p95 }]) => [
      { replica, stat: 'requests', value: show(mean(requests.slice(start, start + 60))) },
      { replica, stat: 'p95', value: show(most(p95.slice(start, start + 60))) },
    ])
    return { time: timeOf((from + start) * 1000, 5), cells }
  }).reverse()
}

function stack(series: Values[]): Values[] {
  return series.map((values, index) =>
    values.map((_, at) => series.slice(0, index + 1).reduce((sum, each) => sum + (each[at] ?? 0), 0)),
  )
}

function area(values: Values, top: number): string {
  const points = values.map((value, index) => `L${pointOf(index, value ?? 0, values.length, top)}`)
  return `M0 ${height}${points.join('')}L${width} ${height}Z`
}

/** Interrupted where there is no value. */
function line(values: Values, top: number): string {
  return values
    .map((value, index) => {
      if (value === null) return ''
      const begins = (values[index - 1] ?? null) === null
      return `${begins ? 'M' : 'L'}${pointOf(index, value, values.length, top)}${begins ? 'h1' : ''}`
    })
    .join('')
}

function pointOf(index: number, value: number, length: number, top: number): string {
  return `${Math.round((index * width) / (length - 1))} ${Math.round((height - (value / top) * height) * 10) / 10}`
}

/** Makes one value of each `step`. */
function by(of: (values: Values) => number | null) {
  return (values: Values): Values =>
    Array.from({ length: values.length / step }, (_, index) => of(values.slice(index * step, (index + 1) * step)))
}

function mean(values: Values): number | null {
  const known = values.filter((value) => value !== null)
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null
}

function most(values: Values): number | null {
  const known = values.filter((value) => value !== null)
  return known.length > 0 ? Math.max(...known) : null
}

/** To a number that says something, the same as in the live charts: views/public/status-series.js. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1)))
  return ([1, 1.5, 2, 3, 4, 5, 6, 8].find((each) => each * power >= value) ?? 10) * power
}
