import type { Database } from '../../database/database.js'
import { Deadline, requestTimeout } from '../../database/deadline.js'
import { type CatalogueQuery, wordsOf } from '../product.js'
import { fold } from '../search/text.js'
import type { JournalQuery } from '../stock/movement.js'
import { type Entry, findMovements } from '../stock/store.js'
import * as store from './export-store.js'

/** What people take out of Bodega, in batches: as much as there is, of which a replica has little at a time. */
export type Exports = ReturnType<typeof createExports>

/** Products are read by the numbers they may have, so that a search in a million of them takes no longer for each batch. */
const span = 2_000
const movementsTogether = 1_000

export function createExports(database: Database) {
  return {
    /** All products of a list, on whichever page of it, in its order. */
    async *products(query: CatalogueQuery): AsyncGenerator<store.Exported[]> {
      const words = wordsOf(query.q).map(fold)
      const newest = await inTime((deadline) => database.run(deadline, store.newestId))
      for (let to = newest; to > 0; to -= span) {
        const numbers = { from: Math.max(1, to - span + 1), to }
        const products = await inTime((deadline) =>
          database.run(deadline, (connection) => store.findBetween(connection, numbers, words)),
        )
        if (products.length > 0) yield products
      }
    },

    /** All movements of a journal, the latest first. */
    async *movements(query: JournalQuery): AsyncGenerator<Entry[]> {
      for (let before: number | undefined; ; ) {
        const entries = await inTime((deadline) =>
          database.run(deadline, (connection) => findMovements(connection, { ...query, before }, movementsTogether)),
        )
        const last = entries.at(-1)
        if (!last) return
        yield entries
        before = last.id
      }
    },
  }
}

/** Each batch has the time of a request. */
export function inTime<T>(work: (deadline: Deadline) => Promise<T>): Promise<T> {
  return Deadline.within(requestTimeout, work)
}
