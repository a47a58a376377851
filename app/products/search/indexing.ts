import { setImmediate as nextRound } from 'node:timers/promises'
import type { Connection } from '../../database/connection.js'
import { readState } from '../store.js'
import { add, blockOf, byteOf, positionOf, setBit } from './blocks.js'
import * as store from './store.js'
import { forEachTerm } from './terms.js'
import { searchTextOf } from './text.js'

/** Fewer products are not worth the writing: a search looks through them in half a millisecond. */
const least = 1_024

/**
 * Takes the next products into the index, at most so many, unless there are few. May be killed at any moment: what it
 * wrote is true, and counts once `indexed_to` says so.
 * @returns how many there were; undefined where another one indexes at the moment
 */
export async function indexNext(connection: Connection, most: number): Promise<number | undefined> {
  if (!(await store.isBehind(connection, least))) return 0
  return connection.exclusively('search index', async () => {
    const { indexedTo: from } = await readState(connection)
    const ids = await store.findNext(connection, from, Math.max(least, most))
    if (ids.length < least) return 0
    const to = ids.at(-1) as number
    // The end stays where it is while the products behind it are indexed, wherever it was before it was set back.
    await store.saveIndexedTo(connection, from)
    await store.watchForLate(connection, from, to)
    const products = await store.findProducts(connection, { after: from, to })
    for (const block of new Set(products.map(({ id }) => blockOf(id)))) {
      await extendBlock(
        connection,
        block,
        products.filter(({ id }) => blockOf(id) === block),
      )
    }
    await store.saveIndexedTo(connection, to)
    return ids.length
  })
}

/**
 * Takes indexed products whose text has changed into the index anew, at most so many. What the index had of them stays in
 * it, because a search looks at each product that it finds there. May be killed at any moment.
 * @returns how many there were; undefined where another one indexes at the moment
 */
export async function indexChanged(connection: Connection, most: number): Promise<number | undefined> {
  const { indexedTo } = await readState(connection)
  if ((await store.findChanged(connection, indexedTo, 1)).length === 0) return 0
  return connection.exclusively('search index', async () => {
    const changed = await store.findChanged(connection, indexedTo, most)
    for (const each of changed) {
      const products = await store.findProducts(connection, { after: each.id - 1, to: each.id })
      if (products.length > 0) await extendBlock(connection, blockOf(each.id), products)
      await store.deleteChanged(connection, each)
    }
    return changed.length
  })
}

/** Rows of the index that are read and written together. */
const together = 128

/** @param products of the block, in their order */
async function extendBlock(connection: Connection, block: number, products: store.Indexed[]): Promise<void> {
  const start = byteOf(positionOf((products[0] as store.Indexed).id))
  const bits = await bitsOfTerms(products, start)
  const terms = [...bits.keys()].sort((one, other) => one - other)
  for (let first = 0; first < terms.length; first += together) {
    const some = terms.slice(first, first + together)
    const rows = await store.readTerms(connection, [block], some)
    const known = new Map(rows.map(({ term, products }) => [term, products]))
    await store.saveTerms(
      connection,
      some.map((term) => ({ block, term, products: add(known.get(term), bits.get(term) as Buffer, start) })),
    )
  }
}

/** Products between two rounds of the event loop, which a long text keeps waiting for some milliseconds at most. */
const inRound = 16

/** For each term the part of the block's bitmap that these products are in, which begins with this byte. */
async function bitsOfTerms(products: store.Indexed[], start: number): Promise<Map<number, Buffer>> {
  const length = byteOf(positionOf((products.at(-1) as store.Indexed).id)) + 1 - start
  const bits = new Map<number, Buffer>()
  for (const [index, product] of products.entries()) {
    if (index % inRound === 0) await nextRound()
    const position = positionOf(product.id) - 8 * start
    forEachTerm(searchTextOf(product), (term) => {
      let ofTerm = bits.get(term)
      if (!ofTerm) {
        ofTerm = Buffer.alloc(length)
        bits.set(term, ofTerm)
      }
      setBit(ofTerm, position)
    })
  }
  return bits
}
