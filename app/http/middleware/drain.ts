import type { Middleware } from 'koa'
import { NotExecuted } from '../../errors.js'
import type { Lifecycle } from '../../lifecycle.js'

/** @throws {NotExecuted} while draining; answered with 503, so that nginx asks another replica */
export function refuseWhileDraining(lifecycle: Lifecycle): Middleware {
  return (_ctx, next) => {
    if (lifecycle.draining) throw new NotExecuted('draining')
    return next()
  }
}

/**
 * While draining, every answer closes its connection. nginx is left with none to reuse, which it would do just when the
 * process closes the idle ones.
 */
export function closeWhileDraining(lifecycle: Lifecycle): Middleware {
  return async (ctx, next) => {
    await next()
    // Checked afterwards, because the drain may begin while the request runs.
    if (lifecycle.draining) ctx.set('Connection', 'close')
  }
}
