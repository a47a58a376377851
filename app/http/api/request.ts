import parseBody from 'co-body'
import type { Context, Middleware } from 'koa'
import { Forbidden, NotSignedIn } from '../../errors.js'
import type { Parts } from '../../parts.js'
import { parseVersion } from '../../products/product.js'
import type { User } from '../../users/account.js'
import * as policy from '../../users/policy.js'
import { GarbledBody, PreconditionFailed, PreconditionRequired, UnsupportedBody } from '../errors.js'
import type { Operation } from './operation.js'

/** Lets those pass who may do this, by the token that they bring; cookies do not count. */
export function authenticated(access: Operation['access'], { tokens, personalTokens, log }: Parts): Middleware {
  return async (ctx, next) => {
    if (access !== 'anybody') {
      const token = bearerToken(ctx) ?? ''
      const found = (await byPersonalToken(ctx, token)) ?? (await tokens.authenticate(token, ctx.state.deadline))
      if (!found) throw new NotSignedIn()
      ctx.state.user = found.user
      ctx.state.sessionHash = found.idHash
      if (access !== 'signed in' && !policy.may(found.user, access)) throw new Forbidden(access)
    }
    return next()
  }

  async function byPersonalToken({ state: { deadline, requestId } }: Context, token: string) {
    const found = await personalTokens.authenticate(token, deadline)
    if (!found) return undefined
    // The program has its answer either way; the next request asks again.
    if (found.unseen) await personalTokens.noteUsed(found, deadline).catch((err) => log.warn({ err, requestId }))
    return { user: found.user, idHash: undefined }
  }
}

/** The token of a request's Authorization header: RFC 6750. */
export function bearerToken(ctx: Context): string | undefined {
  return /^Bearer +([\w.~+/-]+=*)$/i.exec(ctx.get('Authorization'))?.[1]
}

/** The person whom {@link authenticated} let pass, and the session, where that is what they are signed in by. */
export function bearerOf(ctx: Context): { user: User; idHash: Buffer | undefined } {
  const { user, sessionHash } = ctx.state
  if (!user) throw new Error(`${ctx.path} asks for no token`)
  return { user, idHash: sessionHash }
}

/** As nginx has it, too. */
const bodyLimit = '64kb'

/** Parses an object in JSON. @throws {UnsupportedBody}, {GarbledBody}, and errors with a status (413) */
export const jsonBody: Middleware = async (ctx, next) => {
  if (!ctx.is('json')) throw new UnsupportedBody()
  ctx.request.body = await parseObject(ctx)
  return next()
}

async function parseObject(ctx: Context): Promise<object> {
  try {
    const body = await parseBody.json(ctx, { limit: bodyLimit })
    if (Array.isArray(body)) throw new GarbledBody('an array')
    return body
  } catch (error) {
    const { status = 400, message } = error as Error & { status?: number }
    throw status === 400 ? new GarbledBody(message) : error
  }
}

/**
 * The version in If-Match, which nginx makes a weak one where it compresses.
 * @throws {PreconditionRequired}, {PreconditionFailed} where no version is called so
 */
export function versionIn(ctx: Context): number {
  const header = ctx.get('If-Match')
  if (!header) throw new PreconditionRequired()
  const version = parseVersion(/^(?:W\/)?"(\d+)"$/.exec(header)?.[1])
  if (version === undefined) throw new PreconditionFailed()
  return version
}
