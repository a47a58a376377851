import pLimit, { type LimitFunction } from 'p-limit'
import type { Deadline } from '../../database/deadline.js'

/**
 * Lets movements of the same product take turns on this replica. They wait for the product's row anyway, and without turns
 * each would hold a connection meanwhile, until none is left for other products.
 */
export function createTurns() {
  const turns = new Map<number, LimitFunction>()

  return function inTurn<T>(productId: number, deadline: Deadline, move: () => Promise<T>): Promise<T> {
    const turn = turns.get(productId) ?? pLimit(1)
    turns.set(productId, turn)
    return deadline.bound(() =>
      turn(async () => {
        try {
          deadline.check()
          return await move()
        } finally {
          if (turn.pendingCount === 0) turns.delete(productId)
        }
      }),
    )
  }
}
