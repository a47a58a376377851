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
  const products = samples.map(({ id }) => `/products/${id}`)
  const searched = searchesFor(samples)
  const all = [
    pageAt('list', ['/products']),
    pageAt('list, pages 2 to 11', pages),
    pageAt('list, last page', [await findLastPage(person)]),
    pageAt('product', products),
    pageAt('form of a product', ['/products/new']),
    ...searched,
  ]
  const asked = all.filter(({ name }) => grep.test(name))
  return Promise.all(
    asked.map(async (page) => {
      return { system, page, ...(searched.includes(page) && { found: await countFound(person, page) }) }
    }),
  )
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

async function countFound(person: Person, { paths }: Page): Promise<[number, number]> {
  const counts: number[] = []
  for (const path of paths) counts.push(await countOnPage(person, path))
  return extent(counts) as [number, number]
}

/** Products of the newer half, whose codes are not the beginnings of others. */
async function readSamples({ products }: Bodega['local']): Promise<Sample[]> {
  const [newest] = await query(products, 'SELECT MAX(id) FROM products')
  const ids = Array.from({ length: sampleSize }, (_, index) => {
    return Math.ceil(Number(newest?.[0]) * (1 - index / sampleSize / 2))
  })
  const rows = await query(products, 'SELECT id, name, code, category FROM products WHERE id IN (?)', [ids])
  return (rows as [number, string, string, string][]).map(([id, name, code, category]) => {
    return { id, words: name.match(/\p{L}{4,}/gu) ?? [], code, category }
  })
}
