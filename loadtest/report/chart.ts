import { max, rollup } from 'd3-array'
import { type ScaleLinear, scaleLinear } from 'd3-scale'
import { line } from 'd3-shape'

/** Lines over time, from second 0 on. */
export interface Chart {
  title: string
  unit: string
  /** Where the values stand. One that tells of a span stands at its end, so that no line moves before its cause. */
  seconds: number[]
  /** Each has a value, or null where there is none, for each entry of `seconds`. */
  lines: { label: string; values: (number | null)[] }[]
  /** What happened meanwhile, and at which second. */
  events: { at: number; label: string }[]
}

/** The drawing is stretched to the page's width; its labels are not, because they stand beside it as text. */
const width = 1000
const height = 100

/** More events than these are summed up by kind: numbers beside them would cover each other. */
const mostNumberedEvents = 12

/** More events than these are short strokes at the top: whole lines would cover the chart. */
const mostWholeLines = 60
const strokeHeight = 4

/** Each line has its own colour and its own dashes. */
const strokes = [
  '--colour: var(--good-text)',
  '--colour: light-dark(#b4540a, #f2a65a); --dashes: 9 5',
  '--colour: light-dark(#2456a6, #8ab4f8); --dashes: 0.1 5',
  '--colour: light-dark(#93286f, #f19bd1); --dashes: 14 5 0.1 5',
  '--colour: light-dark(#5d5210, #d9c75a); --dashes: 4 5',
  '--colour: light-dark(#4b4f58, #b9bfca); --dashes: 14 5 0.1 5 0.1 5',
]

/** A chart with its geometry: x in 0..`width`, y in 0..`height` from the top, places of labels in percent. */
export function drawChart(chart: Chart) {
  const { seconds, lines, events } = chart
  const duration = Math.max(...seconds, 1)
  const x = scaleLinear([0, duration], [0, width]).clamp(true)
  const y = scaleLinear(
    [0, max(lines.flatMap(({ values }) => values.map((value) => value ?? 0))) || 1],
    [height, 0],
  ).nice(4)
  return {
    ...chart,
    duration,
    width,
    height,
    valueTicks: y.ticks(4).map((value) => ({ value, y: y(value) })),
    timeTicks: x.ticks(6).map((second) => ({ second, percent: percentOf(x, second) })),
    lines: lines.map(({ label, values }, index) => {
      return { label, values, path: pathOf(values, seconds, x, y), stroke: strokes[index % strokes.length] }
    }),
    events: events.map((event, index) => ({ ...event, percent: percentOf(x, event.at), number: index + 1 })),
    eventHeight: events.length > mostWholeLines ? strokeHeight : height,
    eventSums:
      events.length > mostNumberedEvents
        ? rollup(
            events,
            (its) => its.length,
            ({ label }) => label,
          )
        : undefined,
  }
}

type Scale = ScaleLinear<number, number>

/** A gap stays a gap; a value between two of them becomes a dot, by the line's round ends. */
function pathOf(values: (number | null)[], seconds: number[], x: Scale, y: Scale): string {
  const draw = line<number | null>(
    (_, index) => x(seconds[index] as number),
    (value) => y(value as number),
  )
  return draw.defined((value) => value !== null).digits(2)(values) ?? ''
}

function percentOf(x: Scale, second: number): number {
  return Number(((x(second) / width) * 100).toFixed(2))
}
