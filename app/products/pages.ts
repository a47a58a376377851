import type { Connection } from '../database/connection.js'
import type { CatalogueQuery, Product } from './product.js'
import { findMatches } from './search/find.js'
import { fold } from './search/text.js'
import * as store from './store.js'

/** A page of the catalogue, with what finds it again; `page` is the one shown, which may be another than was asked for. */
export interface CataloguePage extends CatalogueQuery {
  products: Product[]
  /** How many match; where `andMore`, there are more than this. */
  total: number
  /** How many pages there are; of a search, how many can be asked for. */
  pages: number
  andMore: boolean
}

const pageSize = 20

/** Matches of a search are counted up to here, because that takes as long as there is to count. */
const countedAtMost = 100

/** The last page that can be asked for by its number alone: what lies before it is read, too; of a search, its texts. */
const lastPage = 5_000
const lastPageOfSearch = 50

/** The page that everybody opens. */
export function findNewest(connection: Connection): Promise<CataloguePage> {
  return readPage(connection, 1)
}

/** A page other than the newest; undefined where that is what is to be shown. */
export async function findLater(
  connection: Connection,
  { page, before, after }: CatalogueQuery,
): Promise<CataloguePage | undefined> {
  if (before !== undefined) return readOlder(connection, before, page)
  if (after !== undefined) return readNewer(connection, after, page)
  const found = await readPage(connection, Math.min(page, lastPage))
  return found.products.length > 0 ? found : readOldest(connection)
}

async function readOlder(connection: Connection, before: number, asked: number): Promise<CataloguePage | undefined> {
  const found = await store.findBeside(connection, 'older', before, pageSize)
  if (!found) return readOldest(connection)
  return found.newer ? { before, ...pageOf(found, asked) } : undefined
}

function readOldest(connection: Connection): Promise<CataloguePage | undefined> {
  return readNewer(connection, 0, 1)
}

async function readNewer(connection: Connection, after: number, asked: number): Promise<CataloguePage | undefined> {
  const found = await store.findBeside(connection, 'newer', after, pageSize)
  if (!found?.newer) return undefined
  // All pages are full but the last, so that each is the same from either end.
  const products = found.older ? found.products : found.products.slice(-(found.total % pageSize || pageSize))
  return { after, ...pageOf({ ...found, products }, asked) }
}

/** Gives a page, not the newest, a number that fits its neighbours: products may be added while a person leafs. */
function pageOf({ products, total, older }: store.Stretch, asked: number): CataloguePage {
  const counted = pagesIn(total)
  const page = Math.max(2, older ? Math.min(asked, counted - 1) : counted)
  return { q: '', page, products, total, pages: older ? Math.max(counted, page + 1) : page, andMore: false }
}

async function readPage(connection: Connection, page: number): Promise<CataloguePage> {
  const { products, total } = await store.findProducts(connection, { limit: pageSize, offset: (page - 1) * pageSize })
  return { q: '', page, products, total, pages: pagesIn(total), andMore: false }
}

/** The products that have all of these words. @param indexedTo see {@link findMatches} */
export async function search(
  connection: Connection,
  words: string[],
  { asked, indexedTo }: { asked: number; indexedTo: number },
): Promise<CataloguePage> {
  const most = Math.max(countedAtMost, Math.min(asked, lastPageOfSearch) * pageSize)
  const ids = await findMatches(connection, words.map(fold), { indexedTo, most: most + 1 })
  const total = Math.min(ids.length, most)
  const page = Math.min(asked, pagesIn(total))
  const shown = await store.findProductsById(connection, ids.slice((page - 1) * pageSize, page * pageSize))
  const products = shown.filter((product) => product !== undefined)
  const pages = Math.min(pagesIn(ids.length), lastPageOfSearch)
  return { q: words.join(' '), page, products, total, pages, andMore: ids.length > most }
}

function pagesIn(total: number): number {
  return Math.max(1, Math.ceil(total / pageSize))
}
