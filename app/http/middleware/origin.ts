import type { Middleware } from 'koa'
import { CrossSite } from '../errors.js'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses writes that another site's page sends with a person's cookies. The browser says where a request comes from,
 * so no token is needed, and a form that is retried or came from a cache never fails on one.
 * A client that sends neither header is no browser and has nobody's cookies.
 * Source: OWASP, Cross-Site Request Forgery Prevention, "Fetch Metadata headers".
 */
export const origin: Middleware = (ctx, next) => {
  const own = `${ctx.protocol}://${ctx.host}`
  if (!safeMethods.has(ctx.method) && !isOwnPage(ctx.get('Sec-Fetch-Site'), ctx.get('Origin'), own)) {
    throw new CrossSite()
  }
  return next()
}

function isOwnPage(site: string, origin: string, own: string): boolean {
  // Not sent to http:// addresses other than localhost; then Origin decides.
  if (site) return site === 'same-origin' || site === 'none'
  return !origin || origin.toLowerCase() === own.toLowerCase()
}
