import type { Connection } from '../../database/connection.js'
import type { IndexedSet, ProductSets } from '../list/listing.js'
import { findBetween } from '../list/store.js'
import { blockOf, intersection, nowhere, type Positions, productAt } from './blocks.js'
import * as store from './store.js'
import { termsOfWord } from './terms.js'

/**
 * The newest products that have all of these words, folded, each anywhere in its text; at most so many. Those that are
 * indexed are found by their terms and then looked at; the newest, which are not, and those whose text has changed since
 * are looked at one by one.
 * @param indexedTo as it was when the search was asked for, or later
 * @param sets which the products must all be in, the smallest first
 * @param share of all products that the smallest set has
 */
export async function findMatches(
  connection: Connection,
  words: Buffer[],
  { indexedTo, most, sets, share }: { indexedTo: number; most: number; sets: ProductSets; share: number },
): Promise<number[]> {
  const asked = store.conditionOf(sets, words)
  // Changed products before the index is read, which may have taken them in by then.
  const scanned = await store.scan(connection, asked, indexedTo, most)
  const found = scanned.filter((id) => id > indexedTo).sort((one, other) => other - one)
  if (indexedTo === 0 || found.length === most) return found
  let together = atFirst
  for await (const inIndex of findIndexed(connection, words, { indexedTo, most: most - found.length })) {
    for (let from = 0; from < inIndex.length && found.length < most; from += together, together *= 4) {
      const candidates = await narrowed(connection, inIndex.slice(from, from + together), sets[0], share)
      for (let start = 0; start < candidates.length && found.length < most; start += batch) {
        found.push(...(await store.findThoseWith(connection, asked, candidates.slice(start, start + batch))))
      }
    }
    if (found.length >= most) break
  }
  return [...new Set([...found, ...scanned])].sort((one, other) => other - one).slice(0, most)
}

/** Products that are looked at together. */
const batch = 128

/** Candidates that are narrowed together, of the first; of the next, four times as many. */
const atFirst = 1_024

/** As many numbers of a set are read as soon as one product is looked at. */
const worthReading = 4

/** Those of these candidates that are in a set, where reading its numbers costs less than looking at those that are not. */
async function narrowed(connection: Connection, ids: number[], set: IndexedSet, share: number): Promise<number[]> {
  const [newest, oldest] = [ids[0], ids.at(-1)]
  if (ids.length <= batch || newest === undefined || oldest === undefined) return ids
  const most = worthReading * ids.length
  if (share * (newest - oldest) > (1 - share) * most) return ids
  const some = await findBetween(connection, set, { from: oldest, to: newest, most: most + 1 })
  if (some.length > most) return ids
  const inSet = new Set(some)
  return ids.filter((id) => inSet.has(id))
}

/** Terms of all words together: those that the newest blocks are asked for, and of these, for the others, the rarest first. */
const mostTerms = 16
const enough = 4

/** More candidates than this in a block cost more to look at than the other terms to read. */
const many = 16

/** The products that have the terms of the words, the newest first. */
async function* findIndexed(
  connection: Connection,
  words: Buffer[],
  { indexedTo, most }: { indexedTo: number; most: number },
): AsyncGenerator<number[]> {
  const ofWords = words.map((word) => termsOfWord(word, Math.ceil(mostTerms / words.length)))
  // The newest block may have few products yet; with the one before it, it tells how rare the terms are.
  const newest = blocksDownFrom(blockOf(indexedTo), 2)
  const sets = await readSets(connection, newest, ofWords.flat())
  const inNewest = newest.flatMap((block) => candidatesIn(block, sets)).filter((id) => id <= indexedTo)
  yield inNewest
  const first = ofWords.flatMap((terms) => rarest(terms, sets, Math.ceil(enough / words.length)))
  const others = ofWords.flat().filter((term) => !first.includes(term))
  for (const blocks of batchesOf(blockOf(indexedTo) - newest.length, blocksFor(most, inNewest.length))) {
    const sets = await readSets(connection, blocks, first)
    const found = new Map(blocks.map((block) => [block, candidatesIn(block, sets)]))
    const wide = blocks.filter((block) => (found.get(block) as number[]).length > many)
    const more = await readSets(connection, wide, others)
    for (const block of more.keys()) found.set(block, candidatesIn(block, sets, more))
    yield [...found.values()].flat()
  }
}

/** Blocks that a statement asks for, at most. */
const mostBlocks = 64

/** Blocks that have so many products, or more, where the newest two have so many. */
function blocksFor(most: number, inNewest: number): number {
  return Math.min(mostBlocks, Math.ceil((2 * most) / Math.max(1, inNewest)))
}

/** The blocks from this one down to the first: a number of them, then four times as many, up to as many as a statement may ask for. */
function* batchesOf(newest: number, atFirst: number): Generator<number[]> {
  for (let size = atFirst, last = newest; last >= 0; last -= size, size = Math.min(mostBlocks, 4 * size)) {
    yield blocksDownFrom(last, size)
  }
}

function blocksDownFrom(last: number, most: number): number[] {
  return Array.from({ length: Math.min(most, last + 1) }, (_, index) => last - index)
}

/** For each block that was asked for, the positions of each of the terms; none where a term is not there. */
type Sets = Map<number, Map<number, Positions>>

async function readSets(connection: Connection, blocks: number[], terms: number[]): Promise<Sets> {
  const sets: Sets = new Map()
  if (blocks.length === 0 || terms.length === 0) return sets
  for (const block of blocks) sets.set(block, new Map(terms.map((term) => [term, nowhere])))
  for (const row of await store.readTerms(connection, blocks, terms)) sets.get(row.block)?.set(row.term, row.products)
  return sets
}

/** Products of a block that have all the terms read. */
function candidatesIn(block: number, ...read: Sets[]): number[] {
  const positions = intersection(read.flatMap((sets) => [...(sets.get(block)?.values() ?? [])]))
  return positions.map((position) => productAt(block, position))
}

/** Those terms of a word that the fewest products of these blocks have. */
function rarest(terms: number[], sets: Sets, most: number): number[] {
  const sizeOf = (term: number) =>
    [...sets.values()].reduce((sum, ofTerms) => sum + (ofTerms.get(term)?.length ?? 0), 0)
  return terms.toSorted((one, other) => sizeOf(one) - sizeOf(other)).slice(0, most)
}
