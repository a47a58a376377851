import { bodyParser } from '@koa/bodyparser'
import type { Context, Middleware } from 'koa'
import compose from 'koa-compose'
import { identifyWrite, type Write } from '../once.js'

/** Thrown when the body is of a kind that no form sends. */
export class UnsupportedBody extends Error {}

/** Parses the form of a write, of at most 1 MB. @throws {UnsupportedBody}, and http-errors of the parser (400, 413, 415) */
export function form(): Middleware {
  return compose([onlyForms, bodyParser({ enableTypes: ['form'], formLimit: '1mb' }) as Middleware])
}

const onlyForms: Middleware = async (ctx, next) => {
  // is() gives null where there is no body: an empty form then tells which fields are missing.
  if (ctx.method === 'POST' && ctx.is('urlencoded') === false) throw new UnsupportedBody()
  await next()
}

/** The form's fields as they came: text, or lists and objects where a name came twice or with brackets. */
export function fieldsOf(ctx: Context): Record<string, unknown> {
  return (ctx.request.body ?? {}) as Record<string, unknown>
}

/**
 * Names the write that a request asks for, by the first of: the key that was put into the form when it was made,
 * the client's Idempotency-Key, and the request's id, which is the same each time nginx tries the request.
 */
export function writeOf(ctx: Context, secret: string): Write {
  const formKey = fieldsOf(ctx).idempotencyKey
  const key = (typeof formKey === 'string' && formKey) || ctx.get('Idempotency-Key') || ctx.state.requestId
  const principal = ctx.state.user ? `user ${ctx.state.user.id}` : 'anybody'
  return identifyWrite(secret, principal, `${ctx.method} ${ctx.path}`, key, ctx.request.rawBody ?? '')
}
