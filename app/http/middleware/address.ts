import type { Middleware } from 'koa'

/**
 * Answers 400 to an address with %-encoding that is no text, which the router and the query parser would let through,
 * and leads a page's address with a slash too many to the page.
 */
export const address: Middleware = (ctx, next) => {
  if (!decodes(ctx.path) || !decodes(ctx.querystring)) {
    ctx.status = 400
    return
  }
  if ((ctx.method === 'GET' || ctx.method === 'HEAD') && /^\/[a-z].*\/$/.test(ctx.path)) {
    ctx.status = 301
    ctx.redirect(ctx.path.slice(0, -1) + ctx.search)
    return
  }
  return next()
}

function decodes(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
