import type { Connection } from '../../database/connection.js'
import type { Database } from '../../database/database.js'
import { Deadline, requestTimeout } from '../../database/deadline.js'
import type { User } from '../../users/account.js'
import type { Condition, Listing } from '../list/listing.js'
import { findListing } from '../list/pages.js'
import * as list from '../list/store.js'
import { type CatalogueQuery, type Product, wordsOf } from '../product.js'
import { hasAll } from '../search/store.js'
import { fold } from '../search/text.js'
import type { Turns } from '../search/turns.js'
import type { JournalQuery } from '../stock/movement.js'
import { type Entry, findMovements } from '../stock/store.js'
import { readState } from '../store.js'
import * as store from './export-store.js'

/** What people take out of Bodega, in batches: as much as there is, of which a replica has little at a time. */
export type Exports = ReturnType<typeof createExports>

/** Products or movements that are read together; of a search, numbers that are looked through. */
const together = 1_000
const span = 2_000

/** @param inTurn of the searches, which those of exports wait for, batch by batch */
export function createExports(database: Database, inTurn: Turns) {
  return {
    /** All products of a list, on whichever page of it, in its order; of a search, the newest first. */
    async *products(user: User, query: CatalogueQuery): AsyncGenerator<store.Exported[]> {
      const listing = await read(async (connection) => {
        const state = await readState(connection)
        return findListing(connection, { query, person: query.mine && user.id, state })
      })
      const words = wordsOf(query.q).map(fold)
      if (words.length > 0) yield* searched(user, [...listing.conditions, { sql: hasAll(words), values: words }])
      else yield* listed(listing)
    },

    /** All movements of a journal, the latest first. */
    async *movements(query: JournalQuery): AsyncGenerator<Entry[]> {
      for (let before: number | undefined; ; ) {
        const entries = await read((connection) => findMovements(connection, { ...query, before }, together))
        const last = entries.at(-1)
        if (!last) return
        yield entries
        before = last.id
      }
    },
  }

  async function* listed(listing: Listing): AsyncGenerator<store.Exported[]> {
    let products: Product[] = await read((it) => list.findProducts(it, listing, { skip: 0, most: together }))
    for (let last = products.at(-1); last; last = products.at(-1)) {
      yield products
      const place = list.placeOf(last, listing)
      const next = await read((it) => list.findBeside(it, listing, { side: 'after', place, most: together }))
      products = next?.products ?? []
    }
  }

  /** By the numbers that they may have, so that in a million products it takes no longer for each batch. */
  async function* searched(user: User, conditions: Condition[]): AsyncGenerator<store.Exported[]> {
    for (let to = await read(store.newestId); to > 0; to -= span) {
      const numbers = { from: Math.max(1, to - span + 1), to }
      // Where there are none, too, so that the answer begins and it is noticed when nobody waits for it any more.
      yield await Deadline.within(requestTimeout, (deadline) =>
        inTurn(user.id, deadline, () => database.run(deadline, (it) => store.findBetween(it, numbers, conditions))),
      )
    }
  }

  /** Each batch has the time of a request. */
  function read<T>(find: (connection: Connection) => Promise<T>): Promise<T> {
    return Deadline.within(requestTimeout, (deadline) => database.run(deadline, find))
  }
}
