import { extent } from 'd3-array'
import { countOnPage, findLastPage, readCatalogue } from '../load/preparation/catalogue.js'
import type { Person } from '../load/preparation/people.js'
import { progressOn } from '../progress.js'
import { query } from '../query.js'
import type { Bodega, System } from './bodega.js'
import { type Page, pageAt } from './pages.js'

/** A page of one of the systems. */
export interface GrowthPage {
  system: System
  page: Page
  /** Of a search: the fewest products that any of its words find, and the most. */
  found?: [fewest: number, most: number]
}

interface Sample {
  id: number
  /** Of its name, the short ones left out. */
  words: string[]
  code: string
  category: string
}

/** How many products are looked for, each in its own words, so that no search is measured out of a cache alone. */
const sampleSize = 100

/** What is typed to look for a product, beside another one. */
const searches: Record<string, (product: Sample, other: Sample) => string | undefined> = {
  'a word': ({ words }) => words[0],
  'the beginning of a word': ({ words }) => words.at(-2)?.slice(0, 4),
  'two words of a product': ({ words }) => `${words[0]} ${words.at(-1)}`,
  'a word each of two products': ({ words }, other) => `${words[0]} ${other.words[0]}`,
  'a code': ({ code }) => code,
  'the beginning of a code': ({ code }) => code.slice(0, -1),
  'the last part of a code': ({ code }) => code.split('-').at(-1),
  'a category': ({ category }) => category,
  'words run together, which none has': ({ words }) => words.join('').slice(0, 20),
}

/** The pages that a larger catalogue may make slower, by the same names and in the same order at each size. */
export async function growthPagesOf({ system, person, local }: Bodega, grep: RegExp): Promise<GrowthPage[]> {
  const samples = await readSamples(local)
  const { pages } = await readCatalogue(person, progressOn(process.stderr))
  const sorted = await readCatalogue(person, progressOn(process.stderr), '/products?sort=name')
  const inCategory = `/products?${new URLSearchParams({ category: samples[0]?.category ?? '', sort: 'name' })}`
  const products = samples.map(({ id }) => `/products/${id}`)
  const searched = [...searchesFor(samples), ...narrowerSearchesFor(samples)]
  const all = [
    pageAt('list', ['/products']),
    pageAt('list, pages 2 to 11', pages),
    pageAt('list, last page', [await findLastPage(person)]),
    pageAt('product', products),
    pageAt('form of a product', ['/products/new']),
    ...listsFor(samples),
    pageAt('list by name, pages 2 to 11', sorted.pages),
    pageAt('list by units, last page', [await findLastPage(person, '/products?sort=units')]),
    pageAt('list of a category by name, last page', [await findLastPage(person, inCategory)]),
    pageAt('list, page 40 by its number', ['/products?page=40']),
    ...searched,
  ]
  const asked = all.filter(({ name }) => grep.test(name))
  return Promise.all(
    asked.map(async (page) => {
      return { system, page, ...(searched.includes(page) && { found: await countFound(person, page) }) }
    }),
  )
}

/** What a list may be of, and in which order: its addresses. */
const lists: Record<string, (product: Sample) => Record<string, string>> = {
  'of a category': ({ category }) => ({ category }),
  'of what is low': () => ({ stock: 'low' }),
  'of what is archived': () => ({ archived: '1' }),
  'of one’s own': () => ({ mine: '1' }),
  'by name': () => ({ sort: 'name' }),
  'by code': () => ({ sort: 'code' }),
  'by category': () => ({ sort: 'category' }),
  'by units': () => ({ sort: 'units', dir: 'desc' }),
  'of a category by name': ({ category }) => ({ category, sort: 'name' }),
  'of a category by code': ({ category }) => ({ category, sort: 'code' }),
  'of a category by units': ({ category }) => ({ category, sort: 'units' }),
  'of what is low by name': () => ({ stock: 'low', sort: 'name' }),
  'of what is low in a category': ({ category }) => ({ stock: 'low', category }),
  'of what is archived by code': () => ({ archived: '1', sort: 'code' }),
  'of one’s own by name': () => ({ mine: '1', sort: 'name' }),
  'of one’s own in a category by units': ({ category }) => ({ mine: '1', category, sort: 'units' }),
  'by a hundred': () => ({ size: '100' }),
}

function listsFor(samples: Sample[]): Page[] {
  return Object.entries(lists).map(([name, asked]) => {
    const paths = samples.map((product) => `/products?${new URLSearchParams(asked(product))}`)
    return pageAt(`list ${name}`, [...new Set(paths)])
  })
}

function searchesFor(samples: Sample[]): Page[] {
  return Object.entries(searches).map(([name, typed]) => {
    const paths = samples.map((product, index) => {
      const q = typed(product, samples.at(index - 1) as Sample) ?? ''
      return `/products?${new URLSearchParams({ q })}`
    })
    return pageAt(`search: ${name}`, paths)
  })
}

/** What a word is looked for in, or how what it finds is sorted. */
const narrower: Record<string, (product: Sample) => Record<string, string>> = {
  'in its category': ({ category }) => ({ category }),
  'in what is low': () => ({ stock: 'low' }),
  'in one’s own': () => ({ mine: '1' }),
  'by name': () => ({ sort: 'name' }),
}

function narrowerSearchesFor(samples: Sample[]): Page[] {
  return Object.entries(narrower).map(([name, asked]) => {
    const paths = samples.map((product) => {
      return `/products?${new URLSearchParams({ q: product.words[0] ?? '', ...asked(product) })}`
    })
    return pageAt(`search: a word ${name}`, paths)
  })
}

async function countFound(person: Person, { paths }: Page): Promise<[number, number]> {
  const counts: number[] = []
  for (const path of paths) counts.push(await countOnPage(person, path))
  return extent(counts) as [number, number]
}

/** Listed products of the newer half, whose codes are not the beginnings of others. */
async function readSamples({ products }: Bodega['local']): Promise<Sample[]> {
  const [newest] = await query(products, 'SELECT MAX(id) FROM products')
  const ids = Array.from({ length: sampleSize }, (_, index) => {
    return Math.ceil(Number(newest?.[0]) * (1 - index / sampleSize / 2))
  })
  const rows = await query(products, 'SELECT id, name, code, category FROM products WHERE id IN (?) AND NOT archived', [
    ids,
  ])
  return (rows as [number, string, string, string][]).map(([id, name, code, category]) => {
    return { id, words: name.match(/\p{L}{4,}/gu) ?? [], code, category }
  })
}
