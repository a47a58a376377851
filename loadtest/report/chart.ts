/** Lines over time; each has a value, or null where there is none, for each entry of `seconds`. */
export interface Chart {
  title: string
  unit: string
  seconds: number[]
  lines: { label: string; values: (number | null)[] }[]
  /** Moments to be seen on the chart, in its seconds: a kill, a deploy. */
  marks: { at: number; label: string }[]
}

/** A chart with its geometry: x in 0..`width`, y in 0..`height` from the top, places of labels in percent. */
export type Drawing = ReturnType<typeof drawChart>

/** The drawing is stretched to the page's width; its labels are not, because they stand beside it as text. */
export const width = 1000
const height = 100

/** More marks than these are told as a sum of each kind: numbers beside them would cover each other. */
const mostNumberedMarks = 12

/** More marks than these are short strokes at the top: whole lines would cover the chart. */
const mostWholeMarks = 60
const strokeHeight = 4

export function drawChart(chart: Chart) {
  const { seconds, lines, marks } = chart
  const [first, last] = [Math.min(...seconds, ...marks.map(({ at }) => at)), Math.max(...seconds, 1)]
  const span = Math.max(last - first, 1)
  const ticks = ticksUpTo(highest(lines))
  const top = ticks.at(-1) as number
  const x = (second: number) => round((Math.min(Math.max(second - first, 0), span) / span) * width)
  const y = (value: number) => round(height - (value / top) * height)
  return {
    ...chart,
    duration: seconds.length * ((seconds[1] ?? 1) - (seconds[0] ?? 0)),
    width,
    height,
    valueTicks: ticks.map((value) => ({ value, y: y(value), percent: round((y(value) / height) * 100) })),
    timeTicks: timeTicks(first, span).map((second) => ({ second, percent: x(second) / (width / 100) })),
    paths: lines.map(({ values }) => path(values.map((value, index) => [seconds[index] as number, value]))),
    marks: marks.map((mark, index) => {
      return { ...mark, x: x(mark.at), percent: x(mark.at) / (width / 100), number: index + 1 }
    }),
    markHeight: marks.length > mostWholeMarks ? strokeHeight : height,
    markSums: marks.length > mostNumberedMarks ? sums(marks.map(({ label }) => label)) : undefined,
  }

  /** A gap stays a gap; a value between two of them becomes a dot, which the line's round ends make of a line of no length. */
  function path(points: [number, number | null][]): string {
    return points
      .map(([second, value], index) => {
        if (value === null) return ''
        const begins = (points[index - 1]?.[1] ?? null) === null
        const alone = begins && (points[index + 1]?.[1] ?? null) === null
        return `${begins ? 'M' : 'L'}${x(second)} ${y(value)}${alone ? 'h0' : ''}`
      })
      .join('')
  }
}

function highest(lines: Chart['lines']): number {
  return lines.flatMap(({ values }) => values).reduce((most: number, value) => Math.max(most, value ?? 0), 0) || 1
}

/** From 0 to a round number at or above the highest value, in three to five round steps. */
function ticksUpTo(most: number): number[] {
  const power = 10 ** Math.floor(Math.log10(most / 4))
  const step = ([1, 2, 2.5, 5, 10].find((each) => most / (each * power) <= 4.0001) as number) * power
  return Array.from({ length: Math.ceil(most / step - 0.0001) + 1 }, (_, index) =>
    Number((index * step).toPrecision(6)),
  )
}

/** Few enough for a phone's width. */
function timeTicks(first: number, span: number): number[] {
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600].find((each) => span / each <= 6) ?? span / 6
  const start = Math.ceil(first / step) * step
  return Array.from({ length: Math.floor((first + span - start) / step) + 1 }, (_, index) => start + index * step)
}

function sums(labels: string[]): { label: string; count: number }[] {
  return [...new Set(labels)].map((label) => ({ label, count: labels.filter((each) => each === label).length }))
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
