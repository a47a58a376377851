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
