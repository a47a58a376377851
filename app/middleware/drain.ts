import type { Middleware } from 'koa'

/** What the process tells about itself: once it drains, it takes no new request and ends its connections. */
export interface Lifecycle {
  draining: boolean
}

/** While draining, 503 tells nginx that nothing was executed, so it asks another replica. */
export function refuseWhileDraining(lifecycle: Lifecycle): Middleware {
  return async (ctx, next) => {
    const refused = lifecycle.draining
    if (refused) ctx.status = 503
    else await next()
    // Read again: the drain may have begun while this request ran. An answer that closes its connection leaves nginx
    // none to reuse, which a close of the idle ones would do in the middle of nginx's next request.
    if (lifecycle.draining) ctx.set('Connection', 'close')
    if (refused) ctx.body = 'draining\n'
  }
}
