import { setImmediate as nextRound } from 'node:timers/promises'
import type { Connection } from '../../database/connection.js'
import { add, blockOf, byteOf, type Positions, positionOf, productAt, setBit } from './blocks.js'
import * as store from './store.js'
import { forEachTerm } from './terms.js'
import { searchTextOf } from './text.js'

/** Fewer products are not worth the writing: a search looks through them in half a millisecond. */
const least = 1_024

/**
 * Takes the next products into the index, at most so many, unless there are few. May be killed at any moment: what it
 * wrote is true, and counts once `indexed_to` says so.
 * @returns how far it went, in numbers of products; undefined where another does it
 */
export async function indexNext(connection: Connection, most: number): Promise<number | undefined> {
  return connection.exclusively('search index', async () => {
    const { indexedTo: from } = await store.readState(connection)
    const to = await findEnd(connection, from, most)
    if (to === undefined) return 0
    await store.watchForLate(connection, from, to)
    const part = partOf(from, to)
    const bits = await bitsOfTerms(await store.findProducts(connection, { after: from, to }), part)
    await extendBlock(connection, part, bits)
    await store.saveIndexedTo(connection, to)
    return to - from
  })
}

/** Where a step ends: with the last of the next products in its block, or with the block. */
async function findEnd(connection: Connection, from: number, most: number): Promise<number | undefined> {
  const ids = await store.findNext(connection, from, Math.max(least, most))
  if (ids.length < least) return undefined
  const block = blockOf(from + 1)
  return ids.findLast((id) => blockOf(id) === block) ?? productAt(block + 1, 0) - 1
}

/** The part of a block that products behind one number and up to another have, in whole bytes of its bitmap. */
interface Part {
  block: number
  start: number
  length: number
}

function partOf(from: number, to: number): Part {
  const block = blockOf(to)
  const first = Math.max(from + 1, productAt(block, 0))
  const start = byteOf(positionOf(first))
  return { block, start, length: byteOf(positionOf(to)) + 1 - start }
}

/** Products between two rounds of the event loop, which a long text keeps waiting for some milliseconds at most. */
const inRound = 16

/** Which of the part's products have each of the terms. */
async function bitsOfTerms(products: store.Indexed[], { start, length }: Part): Promise<Map<number, Buffer>> {
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

/** Rows of the index that are written together. */
const inStatement = 128

async function extendBlock(connection: Connection, { block, start }: Part, bits: Map<number, Buffer>): Promise<void> {
  const known = new Map<number, Positions>()
  for (const { term, products } of await store.readBlock(connection, block)) known.set(term, products)
  const terms = [...bits.keys()].sort((one, other) => one - other)
  for (let first = 0; first < terms.length; first += inStatement) {
    const rows = terms.slice(first, first + inStatement).map((term) => {
      return { block, term, products: add(known.get(term), bits.get(term) as Buffer, start) }
    })
    await store.saveTerms(connection, rows)
  }
}
