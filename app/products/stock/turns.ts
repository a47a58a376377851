import type { Deadline } from '../../database/deadline.js'
import { limitByKey } from '../limit-by-key.js'

/**
 * Lets movements of the same product take turns on this replica. They wait for the product's row anyway, and without turns
 * each would hold a connection meanwhile, until none is left for other products.
 */
export function createTurns() {
  const ofProduct = limitByKey(1)

  return function inTurn<T>(productId: number, deadline: Deadline, move: () => Promise<T>): Promise<T> {
    return deadline.bound(() =>
      ofProduct.run(productId, () => {
        deadline.check()
        return move()
      }),
    )
  }
}
