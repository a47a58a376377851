import { shown, type Table } from '../report/report.js'
import type { Filling, PageGrowth } from './growth.js'

/** How many times slower a page may be among the most products than among the fewest, at the 95th percentile. */
export const bar = 2

/** @param sizes in products */
export function growthTable(growth: PageGrowth[], sizes: number[]): Table {
  const heads = (what: string) => sizes.map((size) => `${what} at ${shown(size)}`)
  return {
    title: `What a page costs among more products: times in ms; the last p95 may be ${bar} × the first`,
    head: ['page', 'found', ...heads('p50'), ...heads('p95'), 'times', `within ${bar}`],
    rows: growth.map(({ page, at, times }) => {
      const found = [...new Set(at.at(-1)?.found)].map(shown).join(' to ')
      const within = times <= bar ? 'yes' : 'no'
      return [page, found, ...at.map(({ p50 }) => p50), ...at.map(({ p95 }) => p95), times, within]
    }),
  }
}

/** How quickly each catalogue was filled, and what it takes on the disk. */
export function fillingTable(fillings: Filling[]): Table {
  const names = Object.keys(fillings.at(-1)?.tables ?? {})
  const bytes = (table: string) => fillings.map(({ tables, products }) => Math.round((tables[table] ?? 0) / products))
  return {
    title: 'What the catalogue takes: tables with their indexes, in bytes a product',
    head: ['', ...fillings.map(({ products }) => shown(products))],
    rows: [
      ['(filled with, products/s)', ...fillings.map(({ productsPerSecond }) => Math.round(productsPerSecond))],
      ...names.map((table) => [table, ...bytes(table)]),
    ],
  }
}
