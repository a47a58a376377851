import { setImmediate as turn } from 'node:timers/promises'
import type { Middleware } from 'koa'

/** nginx's own status for a request whose client left: nobody receives it, but the log should tell. */
const clientClosedRequest = 499

/**
 * Does nothing for a request whose connection was closed while it lay unread: nginx has asked another replica. One
 * that hung finds hundreds of them when it goes on, and those who wait now should not wait for them.
 */
export const leaveAbandoned: Middleware = async (ctx, next) => {
  // The end of a connection is read in the event loop's turn after that of the request.
  await turn()
  await turn()
  if (ctx.writable) return next()
  ctx.status = clientClosedRequest
}
