import type { Connection } from '../../database/connection.js'
import { readCounts } from '../categories/store.js'
import type { CatalogueQuery, Product } from '../product.js'
import type { CatalogueState } from '../store.js'
import { type Listing, listingOf, setsOf } from './listing.js'
import * as store from './store.js'

/** A page of a list, with what finds it again; `page` is the one shown, which may be another than was asked for. */
export interface CataloguePage extends CatalogueQuery {
  products: Product[]
  /** How many there are; where `andMore`, there are more than this. */
  total: number
  /** How many pages there are; of a search, how many can be asked for. */
  pages: number
  andMore: boolean
}

/** A list, and how many products it has. */
interface List {
  query: CatalogueQuery
  listing: Listing
  total: number
  andMore: boolean
}

/** What is in a category and one's own at once is counted among so many of the fewer, because that takes as long as they are many. */
const countedAmong = 500

/** What a page that is asked for by its number alone may lie behind, or before the end: all that is read, too. */
const farthest = 20_000

/** What is asked for: whose products, where not everybody's; and the catalogue's state at that time, or later. */
export interface Asked {
  query: CatalogueQuery
  person?: number | undefined
  state: CatalogueState
}

export async function findPage(connection: Connection, asked: Asked): Promise<CataloguePage> {
  const list = await openList(connection, asked)
  const { before, after, page } = asked.query
  if (before !== undefined) return readLater(connection, list, before)
  if (after !== undefined) return readEarlier(connection, list, after)
  return readNumbered(connection, list, page)
}

async function openList(connection: Connection, asked: Asked): Promise<List> {
  const { query } = asked
  const { sets, counts } = await findSets(connection, asked)
  const listing = listingOf(query, sets)
  const which = query.archived ? 'archived' : query.stock ? 'low' : 'listed'
  const { all, category, person } = counts
  if (!category || !person) return { query, listing, total: (category ?? person ?? all)[which], andMore: false }
  const total = await store.countCommon(connection, sets, countedAmong)
  return { query, listing, total, andMore: sets[0].size > countedAmong }
}

/** How a list's products are found. */
export async function findListing(connection: Connection, asked: Asked): Promise<Listing> {
  return listingOf(asked.query, (await findSets(connection, asked)).sets)
}

/** The sets whose products in common are asked for, the smallest first, and what is counted of them. */
export async function findSets(connection: Connection, { query, person, state }: Asked) {
  const { category } = query
  const counts = {
    all: { listed: state.products - state.archived, archived: state.archived, low: state.low },
    category: category === undefined ? undefined : await readCounts(connection, 'category', category),
    person: person === undefined ? undefined : await readCounts(connection, 'person', String(person)),
  }
  return { sets: setsOf(query, person, counts), counts }
}

async function readLater(connection: Connection, list: List, before: number): Promise<CataloguePage> {
  const { listing, query } = list
  const place = await store.findPlace(connection, listing, before)
  if (!place) return readNumbered(connection, list, query.page)
  const found = await store.findBeside(connection, listing, { side: 'after', place, most: query.size })
  if (!found) return readLast(connection, list)
  return found.earlier ? { ...pageOf(list, found), before } : readNumbered(connection, list, 1)
}

async function readEarlier(connection: Connection, list: List, after: number): Promise<CataloguePage> {
  if (after === 0) return readLast(connection, list)
  const { listing, query } = list
  const place = await store.findPlace(connection, listing, after)
  if (!place) return readNumbered(connection, list, query.page)
  const found = await store.findBeside(connection, listing, { side: 'before', place, most: query.size })
  return found?.earlier ? { ...pageOf(list, found), after } : readNumbered(connection, list, 1)
}

async function readLast(connection: Connection, list: List): Promise<CataloguePage> {
  const { total, andMore, listing, query } = list
  const found = await store.findBeside(connection, listing, { side: 'before', place: undefined, most: query.size })
  if (!found?.earlier) return readNumbered(connection, list, 1)
  // All pages are full but the last, so that each is the same from either end.
  const rest = andMore ? query.size : total % query.size || query.size
  return { ...pageOf(list, { ...found, products: found.products.slice(-rest) }), after: 0 }
}

/** Gives a page, not the first, a number that fits its neighbours: products may be added while a person leafs. */
function pageOf({ query, total, andMore }: List, { products, later }: store.Stretch): CataloguePage {
  const counted = pagesIn(total, query.size)
  const page = Math.max(2, later && !andMore ? Math.min(query.page, counted - 1) : andMore ? query.page : counted)
  const pages = later ? Math.max(counted, page + 1) : page
  return { ...query, before: undefined, after: undefined, page, products, total, pages, andMore: andMore && later }
}

async function readNumbered(connection: Connection, list: List, asked: number): Promise<CataloguePage> {
  const { query, listing, total, andMore } = list
  const { size } = query
  const [pages, reach] = [pagesIn(total, size), 1 + Math.floor(farthest / size)]
  const wanted = andMore ? asked : Math.min(asked, pages)
  const fromEnd = !andMore && wanted - 1 > pages - wanted
  const page = fromEnd ? Math.max(wanted, pages - reach + 1) : Math.min(wanted, reach)
  const end = Math.min(page * size, total)
  const range = fromEnd
    ? { skip: total - end, most: end - (page - 1) * size, fromEnd }
    : { skip: (page - 1) * size, most: size }
  const products = await store.findProducts(connection, listing, range)
  if (products.length === 0 && page > 1) return readLast(connection, list)
  const there = Math.max(total, (page - 1) * size + products.length)
  const key = { before: undefined, after: undefined }
  return { ...query, ...key, page, products, total: there, pages: Math.max(pages, page), andMore }
}

/** From 1. */
export function pagesIn(total: number, size: number): number {
  return Math.max(1, Math.ceil(total / size))
}
