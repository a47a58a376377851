import pLimit from 'p-limit'
import type { Deadline } from '../../database/deadline.js'
import { TooMany } from '../../errors.js'

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
