import type { Window } from '../stats/timeline.js'
import type { Chart } from './chart.js'

const percentiles = { p50: 'p50', p99: 'p99', max: 'slowest' } as const

/**
 * What a run looked like over time, as charts.
 * @param prefix stands before each title
 * @param replicas each gets a line, also where it answered nothing
 */
export function timelineCharts(
  prefix: string,
  timeline: Window[],
  replicas: string[],
  events: Chart['events'],
): Chart[] {
  const seconds = timeline.map(({ second }) => second)
  const chart = (title: string, unit: string, lines: Chart['lines']): Chart => {
    return { title: prefix + title, unit, seconds, lines, events }
  }
  const line = (label: string, value: (window: Window) => number | null) => ({ label, values: timeline.map(value) })
  const charts = [
    chart('Answers as expected', 'a second', [
      line('all', ({ answered }) => answered),
      ...replicas.map((name) => line(name, (window) => window.replicas[name] ?? 0)),
    ]),
    chart(
      'Latency',
      'ms',
      (['p50', 'p99', 'max'] as const).map((name) => line(percentiles[name], ({ latency }) => latency?.[name] ?? null)),
    ),
  ]
  if (timeline.every(({ errors }) => errors === 0)) return charts
  return [...charts, chart('Errors', 'a second', [line('errors', ({ errors }) => errors)])]
}
