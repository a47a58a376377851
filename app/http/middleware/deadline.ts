import type { Middleware } from 'koa'
import { Deadline, requestTimeout } from '../../database/deadline.js'
import { DeadlineExceeded } from '../../errors.js'

/**
 * Gives a request its deadline, which is over at once when the client leaves. A request whose connection was closed
 * while it lay unread is left undone: nginx has asked another replica. One that hung finds many of them when it goes on,
 * and those who wait now should not wait for them.
 */
export const deadline: Middleware = async (ctx, next) => {
  await nextTurn()
  if (!ctx.writable) throw new DeadlineExceeded('nobody waits for the answer')
  const deadline = new Deadline(requestTimeout)
  ctx.state.deadline = deadline
  ctx.res.once('close', () => {
    if (!ctx.res.writableFinished) deadline.pass('the client left')
  })
  try {
    await next()
  } finally {
    deadline.clear()
  }
}

/** When the end of a connection is read that was there with the request: in the event loop's turn after the request's. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
}
