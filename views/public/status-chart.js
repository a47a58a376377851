import uPlot from 'uplot'
import { entryOf, roundUp, stack } from './status-series.js'

/** How much is kept, in seconds. */
const history = 900
const height = 200
const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 })

/**
 * Draws one chart in the place of its drawing: "requests" as areas, one server's on top of the other's, "p95" as lines.
 * Gives show(timeline, marks), to be called with each event of the stream, and choose(span) in seconds.
 */
export function createChart(figure) {
  const stacked = figure.dataset.chart === 'requests'
  const values = new Map()
  const sample = figure.querySelector('.sample')
  let names = []
  let marks = []
  let until = 0
  let span = history
  let plot

  new ResizeObserver(() => plot?.setSize({ width: widthOf(), height })).observe(figure.querySelector('.plot'))
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => plot?.redraw())

  return {
    show(timeline, shownMarks) {
      marks = shownMarks
      keep(timeline)
      draw()
    },
    choose(seconds) {
      span = seconds
      if (plot) draw()
    },
  }

  function keep({ from, replicas }) {
    for (const [name, { [figure.dataset.chart]: recent }] of Object.entries(replicas)) {
      const own = values.get(name) ?? new Map()
      recent.forEach((value, index) => {
        own.set(from + index, value)
      })
      values.set(name, own)
      until = from + recent.length - 1
    }
    for (const [name, own] of values) {
      for (const second of own.keys()) if (second <= until - history) own.delete(second)
      if (!(name in replicas)) values.delete(name)
    }
  }

  function draw() {
    const shown = Object.keys(Object.fromEntries(values))
    if (!plot || shown.join() !== names.join()) begin(shown)
    const seconds = Array.from({ length: span }, (_, index) => until - span + 1 + index)
    const known = names.map((name) => seconds.map((second) => values.get(name).get(second) ?? null))
    plot.setData([seconds, ...(stacked ? stack(known) : known)])
    showValues()
  }

  /** A chart for these servers; another one takes its place when a server is added or disappears. */
  function begin(shown) {
    names = shown
    figure.querySelector('.legend').replaceChildren(...names.map((name, index) => entryOf(name, index, sample)))
    plot?.destroy()
    const place = figure.querySelector('.plot')
    const label = figure.querySelector('svg')?.getAttribute('aria-label') ?? place.getAttribute('aria-label')
    place.replaceChildren()
    place.setAttribute('role', 'img')
    place.setAttribute('aria-label', label)
    plot = new uPlot(
      {
        width: widthOf(),
        height,
        legend: { show: false },
        cursor: { y: false, drag: { setScale: false, x: false } },
        scales: { x: { time: false }, y: { range: (_, _low, high) => [0, roundUp(high)] } },
        axes: [
          { ...axis(), size: 28, values: (_, splits) => splits.map(agoOf), splits: () => splitsOf() },
          { ...axis(), size: widthOfLabels, values: (_, splits) => splits.map((value) => number.format(value)) },
        ],
        series: [{}, ...names.map(seriesOf)],
        hooks: { draw: [drawMarks], setCursor: [showValues] },
      },
      [[], ...names.map(() => [])],
      place,
    )
  }

  function seriesOf(_, index) {
    const style = () => styleOf(nameAt(index))
    return {
      stroke: () => style().stroke,
      ...(stacked && { fill: () => style().fill }),
      dash: style().strokeDasharray.split(',').map(Number.parseFloat).filter(Boolean),
      width: 2,
      points: { show: false },
    }
  }

  /** The highest area is drawn first, so that the lower ones lie on it. */
  function nameAt(index) {
    return stacked ? names.at(-1 - index) : names[index]
  }

  function axis() {
    const color = () => getComputedStyle(figure).color
    const grid = () => getComputedStyle(figure.querySelector('.plot')).borderTopColor
    return {
      stroke: color,
      font: `12px ${getComputedStyle(figure).fontFamily}`,
      grid: { stroke: grid, width: 1 },
      ticks: { show: false },
    }
  }

  function splitsOf() {
    const every = span > 300 ? 300 : 30
    return Array.from({ length: span / every + 1 }, (_, index) => until - span + index * every)
  }

  function agoOf(second) {
    const ago = until - second
    if (ago === 0) return '0'
    return span > 300 ? `−${ago / 60} min` : `−${ago} s`
  }

  function drawMarks({ ctx, bbox, valToPos }) {
    ctx.save()
    ctx.lineWidth = 2 * devicePixelRatio
    ctx.font = fontOf(11)
    ctx.textAlign = 'right'
    let named = Number.NEGATIVE_INFINITY
    for (const { kind, at, replica } of marks) {
      if (at < until - span) continue
      const x = Math.min(valToPos(at, 'x', true), bbox.left + bbox.width)
      ctx.strokeStyle = markOf(kind)
      ctx.setLineDash(dashes[kind] ?? [])
      ctx.beginPath()
      ctx.moveTo(x, bbox.top)
      ctx.lineTo(x, bbox.top + bbox.height)
      ctx.stroke()
      if (back.has(kind) || x - named < ctx.measureText(replica).width + 8 * devicePixelRatio) continue
      ctx.fillStyle = ctx.strokeStyle
      ctx.fillText(replica, x - 4 * devicePixelRatio, bbox.top + 10 * devicePixelRatio)
      named = x
    }
    ctx.restore()
  }

  /** In the legend: the values under the pointer, or what the server's card says. */
  function showValues() {
    const { idx } = plot.cursor
    for (const name of names) {
      const value = idx == null ? newestOf(name) : valueAt(name, until - span + 1 + idx)
      figure.querySelector(`[data-name="${CSS.escape(name)}"] .value`).textContent = value
    }
  }

  function newestOf(name) {
    const card = `[data-replica="${CSS.escape(name)}"] [data-stat=${figure.dataset.statShown}]`
    const place = document.querySelector(`${card} strong`) ?? document.querySelector(card)
    return place?.textContent ?? '–'
  }

  function valueAt(name, second) {
    const value = values.get(name)?.get(second) ?? null
    return value === null ? '–' : number.format(value) + (stacked ? '' : ' ms')
  }

  /** The style sheet's colours and dashes, as the legend has them. */
  function styleOf(name) {
    return getComputedStyle(figure.querySelector(`[data-name="${CSS.escape(name)}"] .sample path`))
  }

  /** As wide as the widest label, in CSS pixels. */
  function widthOfLabels({ ctx }, labels) {
    if (!labels) return 44
    ctx.save()
    ctx.font = fontOf(12)
    const widths = labels.map((label) => ctx.measureText(label).width / devicePixelRatio)
    ctx.restore()
    return Math.ceil(Math.max(28, ...widths)) + 12
  }

  function fontOf(size) {
    return `${size * devicePixelRatio}px ${getComputedStyle(figure).fontFamily}`
  }

  function widthOf() {
    return figure.querySelector('.plot').clientWidth
  }
}

/** What tells the marks apart where colours do not. */
const dashes = { draining: [6, 4], returned: [2, 4], started: [2, 4], hung: [10, 3], database: [1, 1] }

/** Only what takes a server away is named in the chart: its return is right beside. */
const back = new Set(['returned', 'started'])

function markOf(kind) {
  const entry = document.querySelector(`[data-mark="${kind === 'started' ? 'returned' : kind}"]`)
  return entry ? getComputedStyle(entry).borderInlineStartColor : 'gray'
}
