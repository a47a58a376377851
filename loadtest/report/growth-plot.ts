import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { max } from 'd3-array'
import { scaleLinear } from 'd3-scale'
import ejs from 'ejs'
import { root } from '../../stack/checkout.js'
import { shown } from './report.js'

/** A page's p95 at each size, the smallest first. */
export interface Growing {
  page: string
  p95: number[]
}

const left = 312
const width = 812
const top = 36
const rowHeight = 22

/** One for each size; more sizes share the last. */
const fills = ['light-dark(#8bd3bd, #2f6f5d)', 'light-dark(#2f9e7f, #54b899)', 'light-dark(#0b4a3b, #c8f5e6)']

/**
 * How much slower each page is among more products, as an SVG picture of dots.
 * @param bar how many times slower it may be
 */
export function plotGrowth(pages: Growing[], sizes: number[], bar: number): string {
  const times = pages.map(({ page, p95 }) => ({ page, times: p95.map((each) => each / (p95[0] || 1)) }))
  const x = scaleLinear([0, Math.max(bar + 0.5, max(times.flatMap((each) => each.times)) ?? 0)], [left, width - 24])
  const place = (value: number) => Number(x(value).toFixed(1))
  const bottom = top + pages.length * rowHeight
  const data = {
    title: `p95 of each page, in times that among ${shown(sizes[0] ?? 0)} products; ${bar} is the most it may be`,
    rows: times.map((each, row) => ({
      page: each.page,
      y: top + (row + 0.5) * rowHeight,
      dots: each.times.map(place),
    })),
    ticks: x.ticks(5).map((value) => ({ value, x: place(value) })),
    legend: sizes.map((size, index) => ({ label: `${shown(size)} products`, x: left + index * 150 })),
    ...{ bar, fills, left, top, bottom, width, height: bottom + 30 },
  }
  const template = join(root, 'loadtest/report/growth-plot.ejs')
  return ejs.render(readFileSync(template, 'utf8'), data)
}
