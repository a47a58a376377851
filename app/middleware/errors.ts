import { isHttpError } from 'http-errors'
import type { Middleware } from 'koa'
import { DatabaseUnavailable, KeyReused, NotExecuted, NotFound, TooMany } from '../errors.js'
import type { Log } from '../log.js'
import { UnsupportedBody } from './form.js'
import { CrossSite } from './origin.js'

/** The one place where what went wrong becomes an answer: a page in the person's language, with the request's id. */
export function errors(log: Log): Middleware {
  return async (ctx, next) => {
    try {
      await next()
      if (ctx.status < 400 || ctx.body || !ctx.writable) return
    } catch (error) {
      ctx.status = statusOf(error)
      if (error instanceof TooMany) ctx.set('Retry-After', String(error.retryAfter))
      if (ctx.status === 503) log.warn({ err: error, requestId: ctx.state.requestId })
      else if (ctx.status >= 500) log.error({ err: error, requestId: ctx.state.requestId })
    }
    const { status } = ctx
    await ctx.page('error', {
      status: shown.has(status) ? status : status < 500 ? 400 : 500,
      requestId: ctx.state.requestId,
    })
    ctx.status = status
  }
}

/** The statuses that locales/ has words for. */
const shown = new Set([400, 403, 404, 405, 413, 415, 422, 429, 500, 501, 503])

function statusOf(error: unknown): number {
  if (error instanceof NotFound) return 404
  if (error instanceof CrossSite) return 403
  if (error instanceof UnsupportedBody) return 415
  if (error instanceof KeyReused) return 422
  if (error instanceof TooMany) return 429
  if (error instanceof NotExecuted || error instanceof DatabaseUnavailable) return 503
  // The body parser's errors: a body too large, cut off, or wrongly compressed.
  return isHttpError(error) ? error.status : 500
}
