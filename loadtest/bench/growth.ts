import { resolve } from 'node:path'
import { zip } from 'd3-array'
import { plotGrowth } from '../report/growth-plot.js'
import { type Bodega, startBodega } from './bodega.js'
import { untilIdle } from './cpu.js'
import { tableSizes } from './disk.js'
import { type GrowthPage, growthPagesOf } from './growth-pages.js'
import { bar, fillingTable, growthTable } from './growth-tables.js'
import { type Load, type Measurement, measureInTurn } from './measure.js'

/** A page at each size. */
export interface PageGrowth {
  page: string
  at: (Measurement & { found: GrowthPage['found'] })[]
  /** p95 at the largest size over p95 at the smallest. */
  times: number
}

/** How a catalogue was filled, and its tables in bytes. */
export interface Filling {
  products: number
  productsPerSecond: number
  tables: Record<string, number>
}

/** How each page slows down with the catalogue: a Bodega for each size, all of them measured in the same rounds. */
export async function measureGrowth(sizes: number[], { grep, ...load }: Load & { grep: RegExp }) {
  const bodegas: Bodega[] = []
  try {
    for (const products of sizes) {
      const folder = resolve('.bodega/bench/growth', String(products))
      bodegas.push(await startBodega(folder, { ...load, products }))
    }
    console.error('· waiting until they are idle')
    await untilIdle(bodegas.map(({ system }) => system))
    const fillings = await Promise.all(bodegas.map(fillingOf))
    const pages = zip(...(await Promise.all(bodegas.map((bodega) => growthPagesOf(bodega, grep)))))
    const growth: PageGrowth[] = []
    for (const page of pages) growth.push(await measurePage(page, load))
    const tables = [growthTable(growth, sizes), fillingTable(fillings)]
    const plot = plotGrowth(
      growth.map(({ page, at }) => ({ page, p95: at.map(({ p95 }) => p95) })),
      sizes,
      bar,
    )
    return { file: 'growth.json', figures: { growth, fillings }, tables, plot }
  } finally {
    for (const { stop } of bodegas) await stop()
  }
}

async function fillingOf({ local, products, productsPerSecond }: Bodega): Promise<Filling> {
  return { products, productsPerSecond, tables: Object.fromEntries(await tableSizes(local.products)) }
}

/** @param sizes the page at each size, the smallest first */
async function measurePage(sizes: GrowthPage[], load: Load): Promise<PageGrowth> {
  const at = (await measureInTurn(sizes, load)).map((each, index) => ({ ...each, found: sizes[index]?.found }))
  const [first, last] = [at[0], at.at(-1)] as [Measurement, Measurement]
  return { page: sizes[0]?.page.name ?? '', at, times: last.p95 / first.p95 }
}
