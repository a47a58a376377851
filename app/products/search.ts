import pLimit from 'p-limit'
import type { Deadline } from '../database/deadline.js'
import { TooMany } from '../errors.js'

/**
 * Text as a search compares it: without case, accents and the many forms of one letter, and as bytes, because a server
 * finds bytes in bytes several times sooner than text in text by the rules of a collation. Only for text of bounded
 * length: normalizing takes the square of it at worst.
 */
export function fold(text: string): Buffer {
  return Buffer.from(text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase())
}

/** What a search looks through, kept in the product's row. No word that is searched for has the line break in it. */
export function searchTextOf({ name, code, description }: { name: string; code: string; description: string }): Buffer {
  return fold([name, code, description].join('\n'))
}

/** How many searches a replica runs at once, so that pages find a connection; how many of one person; how many wait. */
const parallel = 3
const parallelOfPerson = 2
const longestQueueOfPerson = 20
const longestQueue = 100

/** When searching again makes sense, in seconds. */
const retryAfter = 5

/** Lets searches take turns. */
export function createTurns() {
  const turns = pLimit(parallel)
  const ofPerson = new Map<number, ReturnType<typeof pLimit>>()

  /** @throws {TooMany} when very many searches wait already */
  return async function inTurn<T>(userId: number, deadline: Deadline, search: () => Promise<T>): Promise<T> {
    const own = ofPerson.get(userId) ?? pLimit(parallelOfPerson)
    if (own.pendingCount >= longestQueueOfPerson) throw new TooMany('too many searches of one person', retryAfter)
    if (turns.pendingCount >= longestQueue) throw new TooMany('too many searches', retryAfter)
    ofPerson.set(userId, own)
    try {
      return await deadline.bound(() => own(() => turns(() => begin(deadline, search))))
    } finally {
      if (own.activeCount + own.pendingCount === 0) ofPerson.delete(userId)
    }
  }
}

/** A search that nobody waits for any more when its turn comes is not begun. */
async function begin<T>(deadline: Deadline, search: () => Promise<T>): Promise<T> {
  deadline.check()
  return search()
}
