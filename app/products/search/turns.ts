import pLimit from 'p-limit'
import type { Deadline } from '../../database/deadline.js'
import { TooMany } from '../../errors.js'
import { limitByKey } from '../limit-by-key.js'

/** How many searches a replica runs at once, so that pages find a connection; how many of one person; how many wait. */
const parallel = 3
const parallelOfPerson = 2
const longestQueueOfPerson = 20
const longestQueue = 100

/** When searching again makes sense, in seconds. */
const retryAfter = 5

/** In which searches are done. */
export type Turns = ReturnType<typeof createTurns>

/** Lets searches take turns. */
export function createTurns() {
  const turns = pLimit(parallel)
  const ofPerson = limitByKey(parallelOfPerson)

  /** @throws {TooMany} when very many searches wait already */
  return async function inTurn<T>(userId: number, deadline: Deadline, search: () => Promise<T>): Promise<T> {
    if (ofPerson.waiting(userId) >= longestQueueOfPerson) {
      throw new TooMany('too many searches of one person', retryAfter)
    }
    if (turns.pendingCount >= longestQueue) throw new TooMany('too many searches', retryAfter)
    return deadline.bound(() => ofPerson.run(userId, () => turns(() => begin(deadline, search))))
  }
}

/** A search that nobody waits for any more when its turn comes is not begun. */
async function begin<T>(deadline: Deadline, search: () => Promise<T>): Promise<T> {
  deadline.check()
  return search()
}
