import type { Context, Middleware } from 'koa'
import { CrossSite } from '../errors.js'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses writes that another site's page sends with a person's cookies. The browser says where a request comes from,
 * so no token is needed, and a form that is retried or came from a cache never fails on one.
 * A client that sends neither header is no browser and has nobody's cookies.
 * Source: OWASP, Cross-Site Request Forgery Prevention, "Fetch Metadata headers".
 */
export const origin: Middleware = (ctx, next) => {
  if (!safeMethods.has(ctx.method) && !isFromOwnPage(ctx)) throw new CrossSite()
  return next()
}

function isFromOwnPage(ctx: Context): boolean {
  const site = ctx.get('Sec-Fetch-Site')
  if (site) return site === 'same-origin' || site === 'none'
  // Browsers do not send it to http:// addresses other than localhost.
  const origin = ctx.get('Origin')
  return !origin || origin.toLowerCase() === `${ctx.protocol}://${ctx.host}`.toLowerCase()
}
