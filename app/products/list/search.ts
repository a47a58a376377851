import type { Connection } from '../../database/connection.js'
import { findMatches } from '../search/find.js'
import { fold } from '../search/text.js'
import { findProductsById } from '../store.js'
import { few } from './listing.js'
import { type Asked, type CataloguePage, findSets, pagesIn } from './pages.js'
import * as store from './store.js'

/** Matches are counted up to here, because that takes as long as there is to count; and sorted, the newest of them. */
const countedAtMost = 100

/** On the last page that can be asked for: the texts of what lies before it are read, too. */
const farthest = 1_000

/** A page of the products that have all of these words. */
export async function search(connection: Connection, words: string[], asked: Asked): Promise<CataloguePage> {
  const { query, state } = asked
  const { sort, dir, size } = query
  const { sets } = await findSets(connection, asked)
  const share = sets[0].size / Math.max(1, state.products)
  // Where one of many is in a set, each is so long in finding that only those of the page are counted.
  const counted = share < 0.5 && sets[0].size > few && !sort ? size : countedAtMost
  const lastPage = Math.floor((sort ? counted : farthest) / size)
  const most = Math.max(counted, Math.min(query.page, lastPage) * size)
  const among = { indexedTo: state.indexedTo, most: most + 1, sets, share }
  const found = await findMatches(connection, words.map(fold), among)
  const matches = found.slice(0, most)
  const ids = sort ? await store.sortIds(connection, matches, { sort, descending: dir === 'desc' }) : matches
  const page = Math.min(query.page, pagesIn(ids.length, size))
  const shown = await findProductsById(connection, ids.slice((page - 1) * size, page * size))
  const products = shown.filter((product) => product !== undefined)
  const pages = Math.min(pagesIn(found.length, size), lastPage)
  const key = { before: undefined, after: undefined }
  return { ...query, ...key, page, products, total: ids.length, pages, andMore: found.length > most }
}
