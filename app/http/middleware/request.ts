import { randomUUID } from 'node:crypto'
import type { Middleware } from 'koa'
import type { Log } from '../../log.js'
import { reach } from '../../writes/failpoints.js'

/**
 * Gives every request its id, names the replica on every answer, and logs a line when the answer is ready.
 * nginx sends the id, overwriting what the client sent, and it is the same each time nginx tries the request.
 */
export function request(log: Log, replica: string): Middleware {
  return async (ctx, next) => {
    const start = performance.now()
    const given = ctx.get('X-Request-ID')
    ctx.state.requestId = /^[\w-]{16,64}$/.test(given) ? given : randomUUID()
    ctx.set('X-Request-ID', ctx.state.requestId)
    ctx.set('X-Served-By', replica)
    try {
      await next()
      reach('before the answer')
    } finally {
      log.info({
        requestId: ctx.state.requestId,
        method: ctx.method,
        path: ctx.path,
        status: ctx.status,
        ms: Math.round((performance.now() - start) * 10) / 10,
        ...(ctx.state.user && { userId: ctx.state.user.id }),
        ...(ctx.state.signIn && { signIn: ctx.state.signIn }),
      })
    }
  }
}
