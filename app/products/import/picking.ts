import type { Connection } from '../../database/connection.js'
import { newestId } from '../csv/export-store.js'
import type { Condition } from '../list/listing.js'
import { findListing } from '../list/pages.js'
import { wordsOf } from '../product.js'
import { hasAll } from '../search/store.js'
import { fold, searchTextOf } from '../search/text.js'
import { readState } from '../store.js'
import type { Act } from './act.js'
import type { Import } from './import.js'
import { FileProblem } from './problems.js'
import * as rowStore from './row-store.js'
import type { JudgedRow, Known, Verdict } from './rows.js'
import * as store from './store.js'

/** What is done at once is done with as many products as this at most. */
const mostProducts = 200_000

/** Numbers that are looked through together, as an export does. */
const span = 2_000

/** Rows that are noted together. */
const batch = 250

/**
 * Notes what an act does with each of its products. May be killed at any moment: whoever picks them next begins anew.
 * @throws {FileProblem} where they are too many
 */
export async function pick(connection: Connection, it: Import, act: Act): Promise<void> {
  while ((await store.deleteRows(connection, it.id, 1_000)) > 0);
  const counts: Record<Verdict, number> = { new: 0, changed: 0, same: 0, wrong: 0 }
  let number = 0
  for await (const { products, progress } of productsOf(connection, it, act)) {
    if (number + products.length > mostProducts) throw new FileProblem('bulk.tooManyOfAll', { most: mostProducts })
    const rows = products.map((product) => judge(act, product, ++number))
    for (const { verdict } of rows) counts[verdict]++
    for (let from = 0; from < rows.length; from += batch) {
      const noted = rowStore.insertRows(it.id, rows.slice(from, from + batch))
      await connection.transact(noted, store.progressOf(it.id, progress))
    }
  }
  await store.savePicked(connection, it.id, counts)
}

async function* productsOf(connection: Connection, { createdBy }: Import, act: Act) {
  if ('ids' in act) {
    yield { products: await rowStore.findKnownById(connection, act.ids), progress: 100 }
    return
  }
  const { query } = act
  const state = await readState(connection)
  const { conditions } = await findListing(connection, { query, person: query.mine && createdBy, state })
  const words = wordsOf(query.q).map(fold)
  const all: Condition[] = words.length > 0 ? [...conditions, { sql: hasAll(words), values: words }] : conditions
  const newest = await newestId(connection)
  for (let to = newest; to > 0; to -= span) {
    const numbers = { from: Math.max(1, to - span + 1), to }
    const products = await rowStore.findKnownBetween(connection, numbers, all)
    yield { products, progress: (100 * (newest - numbers.from + 1)) / newest }
  }
}

/** What becomes of a product; one that is archived keeps its category. */
function judge(act: Act, before: Known, number: number): JudgedRow {
  const searchText = searchTextOf(before)
  if (act.kind === 'category') {
    const { category } = act
    if (before.archived || before.category === category) return { number, verdict: 'same', before }
    const after = { ...before, category }
    const changes = { category: { from: before.category, to: category } }
    const texts = { searchText: searchTextOf(after), wasSearchText: searchText }
    return { number, verdict: 'changed', before, after, changes, ...texts }
  }
  const archived = act.kind === 'archive' ? 1 : 0
  if (before.archived === archived) return { number, verdict: 'same', before }
  const changes = { archived: { from: before.archived, to: archived } }
  return {
    number,
    verdict: 'changed',
    before,
    after: { ...before, archived },
    changes,
    searchText,
    wasSearchText: searchText,
  }
}
