import type { Middleware } from 'koa'
import { answerWithPage } from './pages.js'
import { sessionIdOf } from './session.js'

/** Their pages show nothing of a database and hold no key, so they are the same for all who have no session. */
const addresses = new Set(['/', '/login'])

/**
 * Makes a page that is the same for every stranger once in each language. With a query it is another page; with a key in
 * it, it is not kept.
 */
export function keptPages(): Middleware {
  const kept = new Map<string, Buffer>()
  return async (ctx, next) => {
    if (ctx.method !== 'GET' || !addresses.has(ctx.url) || sessionIdOf(ctx)) return next()
    const key = `${ctx.state.locale} ${ctx.url}`
    const page = kept.get(key)
    if (page) {
      ctx._matchedRoute = ctx.url // as the router would, for the metrics
      answerWithPage(ctx, page)
    } else {
      await next()
      if (ctx.status === 200 && !ctx.state.holdsKey) kept.set(key, ctx.body as Buffer)
    }
  }
}
