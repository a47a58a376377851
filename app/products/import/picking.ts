import type { Connection } from '../../database/connection.js'
import { findCategory } from '../categories/store.js'
import { newestId } from '../csv/export-store.js'
import type { Condition } from '../list/listing.js'
import { findListing } from '../list/pages.js'
import { wordsOf } from '../product.js'
import { hasAll } from '../search/store.js'
import { fold, searchTextOf } from '../search/text.js'
import { readState } from '../store.js'
import type { Act } from './act.js'
import type { Stretch } from './change-store.js'
import type { Import } from './import.js'
import { FileProblem } from './problems.js'
import * as rowStore from './row-store.js'
import type { JudgedRow, Known } from './rows.js'
import * as store from './work-store.js'

/** What is done at once is done with as many products as this at most. */
const mostProducts = 200_000

/** Numbers that are looked through together, as an export does. */
const span = 2_000

/** Rows that are noted together. */
const batch = 250

/**
 * Notes what an act does with each of its products. May be killed at any moment: whoever picks them next begins anew.
 * @throws {FileProblem} where they are too many, or a category of the new name has come to be
 */
export async function pick(connection: Connection, it: Import, act: Act): Promise<void> {
  await expectFree(connection, act)
  await clear()
  let number = 0
  for await (const { products, progress } of productsOf(connection, it, act)) {
    if (number + products.length > mostProducts) {
      await clear()
      throw new FileProblem('bulk.tooManyOfAll', { most: mostProducts })
    }
    for (let from = 0; from < products.length; from += batch) {
      for (const noted of rowStore.insertRows(it.id, judged(products.slice(from, from + batch)))) {
        await connection.transact(noted, store.progressOf(it.id, progress / 2))
      }
    }
  }

  function* judged(products: Known[]): Generator<JudgedRow> {
    for (const product of products) yield judge(act, product, ++number)
  }

  async function clear() {
    while ((await rowStore.deleteRows(connection, it.id, 1_000)) > 0);
  }
}

/** @throws {FileProblem} where a category has the new name, and it was not agreed that it becomes one with the other */
export async function expectFree(connection: Connection, act: Act): Promise<void> {
  if (act.kind !== 'rename' || act.merge) return
  const other = await findCategory(connection, act.category)
  if (other && other.category !== act.from) throw new FileProblem('categories.thereNow')
}

/**
 * Keeps picked products from being changed until the transaction ends, and judges those anew that were changed since they
 * were picked: an act says what to do with products whatever they are by then.
 */
export async function pickAnew(connection: Connection, it: Import, act: Act, stretch: Stretch): Promise<void> {
  for (const { number, picked, wasCategory, ...product } of await rowStore.lockPicked(connection, it.id, stretch)) {
    if (product.version === picked) continue
    await rowStore.deleteRow(connection, it.id, number)
    if (product.id === null) continue // deleted meanwhile
    const known = product as Known
    const hasLeft = act.kind === 'rename' && known.category !== wasCategory
    const row: JudgedRow = hasLeft ? { number, verdict: 'same', before: known } : judge(act, known, number)
    for (const { sql, values } of rowStore.insertRows(it.id, [row])) await connection.change(sql, values)
  }
}

async function* productsOf(connection: Connection, { createdBy }: Import, act: Act) {
  if ('ids' in act) {
    yield { products: await rowStore.findKnownById(connection, act.ids), progress: 100 }
    return
  }
  const conditions = await conditionsOf(connection, act, createdBy)
  const newest = await newestId(connection)
  for (let to = newest; to > 0; to -= span) {
    const numbers = { from: Math.max(1, to - span + 1), to }
    const products = await rowStore.findKnownBetween(connection, numbers, conditions)
    yield { products, progress: (100 * (newest - numbers.from + 1)) / newest }
  }
}

async function conditionsOf(
  connection: Connection,
  act: Exclude<Act, { ids: number[] }>,
  person: number,
): Promise<Condition[]> {
  if (act.kind === 'rename') return [{ sql: 'category = ?', values: [act.from] }]
  const { query } = act
  const state = await readState(connection)
  const { conditions } = await findListing(connection, { query, person: query.mine && person, state })
  const words = wordsOf(query.q).map(fold)
  return words.length > 0 ? [...conditions, { sql: hasAll(words), values: words }] : conditions
}

/** What becomes of a product; one that is archived keeps its category, unless that is renamed. */
function judge(act: Act, before: Known, number: number): JudgedRow {
  const searchText = searchTextOf(before)
  if (act.kind === 'category' || act.kind === 'rename') {
    const { category } = act
    const isKept = before.archived && act.kind === 'category'
    if (isKept || before.category === category) return { number, verdict: 'same', before }
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
