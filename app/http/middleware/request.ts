import { randomUUID } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import type { Lifecycle } from '../../lifecycle.js'
import type { Log } from '../../log.js'
import type { Metrics } from '../../monitoring/metrics.js'
import type { Stats } from '../../monitoring/stats.js'
import { reach } from '../../writes/failpoints.js'

interface Options {
  replica: string
  log: Log
  metrics: Metrics
  stats: Stats
  lifecycle: Lifecycle
}

/**
 * Gives every request its id, names the replica on every answer, and counts, times and logs what was answered.
 * nginx sends the id, overwriting what the client sent, and it is the same each time nginx tries the request.
 */
export function request({ replica, log, metrics, stats, lifecycle }: Options): Middleware {
  return async (ctx, next) => {
    const start = performance.now()
    const counts = !lifecycle.draining // what a leaving replica refuses is counted where it is served
    const given = ctx.get('X-Request-ID')
    ctx.state.requestId = /^[\w-]{16,64}$/.test(given) ? given : randomUUID()
    ctx.set('X-Request-ID', ctx.state.requestId)
    ctx.set('X-Served-By', replica)
    if (counts) {
      metrics.begin()
      stats.begin()
    }
    try {
      await next()
      reach('before the answer')
    } finally {
      const ms = performance.now() - start
      if (counts) {
        metrics.end(routeOf(ctx), ctx.method, ctx.status, ms)
        stats.end(ctx.status, ms)
      }
      // While draining, every answer closes its connection. nginx is left with none to reuse, which it would do just when
      // the process closes the idle ones. The drain may have begun while the request ran.
      if (lifecycle.draining) ctx.set('Connection', 'close')
      log.info({
        requestId: ctx.state.requestId,
        method: ctx.method,
        path: ctx.path,
        status: ctx.status,
        ms: Math.round(ms * 10) / 10,
        ...(ctx.state.user && { userId: ctx.state.user.id }),
        ...(ctx.state.signIn && { signIn: ctx.state.signIn }),
      })
    }
  }
}

/** The pattern of the address: the addresses themselves would be as many series as products. */
function routeOf(ctx: Context): string {
  return typeof ctx._matchedRoute === 'string' ? ctx._matchedRoute : 'none'
}
