import { bodyParser } from '@koa/bodyparser'
import createError, { isHttpError } from 'http-errors'
import type { Context, Middleware } from 'koa'
import compose from 'koa-compose'
import { identifyWrite, type Write } from '../once.js'

/** Thrown when the body is of a kind that no form sends. */
export class UnsupportedBody extends Error {}

/** Parses the form of a write, of at most 64 KB. @throws {UnsupportedBody}, and http-errors (400, 413) */
export function form(): Middleware {
  const parser = bodyParser({
    enableTypes: ['form'],
    formLimit: '64kb',
    onError: (error) => {
      // A body that was cut off or wrongly compressed comes without a status.
      throw isHttpError(error) ? error : createError(400, error)
    },
  })
  return compose([onlyForms, parser as Middleware])
}

const onlyForms: Middleware = async (ctx, next) => {
  const empty = !ctx.request.length && !ctx.get('Transfer-Encoding')
  if (ctx.method === 'POST' && !empty && !ctx.is('urlencoded')) throw new UnsupportedBody()
  await next()
}

/** The form's fields as they came: text, or lists and objects where a name came twice or with brackets. */
export function fieldsOf(ctx: Context): Record<string, unknown> {
  return (ctx.request.body ?? {}) as Record<string, unknown>
}

/**
 * Names the write that a request asks for, by the first of: the key that was put into the form when it was made,
 * the client's Idempotency-Key, and the request's id, which is the same each time nginx tries the request.
 * @param principal who writes. It must be the same at every attempt, so it cannot come from something that the write ends.
 */
export function writeOf(ctx: Context, secret: string, principal: string): Write {
  const formKey = fieldsOf(ctx).idempotencyKey
  const key = (typeof formKey === 'string' && formKey) || ctx.get('Idempotency-Key') || ctx.state.requestId
  return identifyWrite(secret, principal, `${ctx.method} ${ctx.path}`, key, ctx.request.rawBody ?? '')
}
