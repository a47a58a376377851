import type { Middleware } from 'koa'

/** Answers 400 to an address with %-encoding that is no text, which the router and the query parser would let through. */
export const address: Middleware = async (ctx, next) => {
  if (!decodes(ctx.path) || !decodes(ctx.querystring)) {
    ctx.status = 400
    return
  }
  await next()
}

function decodes(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
