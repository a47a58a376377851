import type { Connection } from '../../database/connection.js'
import { blockOf, intersection, type Positions, productAt } from './blocks.js'
import * as store from './store.js'
import { termsOfWords } from './terms.js'

/**
 * The newest products that have all of these words, folded, each anywhere in its text; at most so many. Those that are
 * indexed are found by their terms and then looked at; the newest, which are not, are looked at one by one.
 * @param indexedTo as it was when the search was asked for, or later
 */
export async function findMatches(
  connection: Connection,
  words: Buffer[],
  { indexedTo, most }: { indexedTo: number; most: number },
): Promise<number[]> {
  const found = await store.scan(connection, words, indexedTo, most)
  if (indexedTo === 0 || found.length === most) return found
  for await (const candidates of findIndexed(connection, words, indexedTo)) {
    for (let start = 0; start < candidates.length && found.length < most; start += batch) {
      found.push(...(await store.findThoseWith(connection, words, candidates.slice(start, start + batch))))
    }
    if (found.length >= most) break
  }
  return found.slice(0, most)
}

/** Products that are looked at together. */
const batch = 512

/** Blocks that are read together. */
const together = 64

/** The products that have the terms of the words, the newest first. */
async function* findIndexed(connection: Connection, words: Buffer[], indexedTo: number): AsyncGenerator<number[]> {
  const blocks = Array.from({ length: blockOf(indexedTo) + 1 }, (_, block) => block).reverse()
  const terms = termsOfWords(words)
  const newest = await readSets(connection, blocks.slice(0, 1), terms)
  yield candidatesIn(newest, terms).filter((id) => id <= indexedTo)
  const rare = rarest(terms, newest.get(blocks[0] as number))
  for (let start = 1; start < blocks.length; start += together) {
    yield candidatesIn(await readSets(connection, blocks.slice(start, start + together), rare), rare)
  }
}

/** For each block, in the order asked for, the positions of each term that it has. */
type Sets = Map<number, Map<number, Positions>>

async function readSets(connection: Connection, blocks: number[], terms: number[]): Promise<Sets> {
  const sets: Sets = new Map(blocks.map((block) => [block, new Map()]))
  for (const row of await store.readTerms(connection, blocks, terms)) sets.get(row.block)?.set(row.term, row.products)
  return sets
}

function candidatesIn(sets: Sets, terms: number[]): number[] {
  return [...sets].flatMap(([block, ofTerms]) => {
    const all = terms.flatMap((term) => ofTerms.get(term) ?? [])
    if (all.length < terms.length) return []
    return intersection(all).map((position) => productAt(block, position))
  })
}

/** Terms that older blocks are asked for: the few that exclude most. */
const enough = 3

/** Those that the fewest products of a block have. */
function rarest(terms: number[], sets: Map<number, Positions> | undefined): number[] {
  const sizeOf = (term: number) => sets?.get(term)?.length ?? 0
  return terms.toSorted((one, other) => sizeOf(one) - sizeOf(other)).slice(0, enough)
}
