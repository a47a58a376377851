import type Koa from 'koa'
import type { Context, Middleware } from 'koa'
import compose from 'koa-compose'
import { type CreateSessionOptions, createSession } from 'koa-session'
import type { Log } from '../../log.js'
import type { Browser } from '../../users/account.js'
import type { Accounts } from '../../users/accounts.js'
import { sessionTimeout } from '../../users/sessions.js'
import { reach } from '../../writes/failpoints.js'

/**
 * Cookie to session to ctx.state.user. The rows are written by the domain, each in the transaction of the sign-in or
 * sign-out that it belongs to; koa-session keeps the cookie and asks for a longer life. Its store inserts nothing, so a
 * slow request never brings back a session that was ended meanwhile.
 */
export function session(app: Koa, accounts: Accounts, log: Log): Middleware {
  const store = {
    async get(id: string, _maxAge: number, { ctx }: { ctx: Context }) {
      const found = await accounts.findSession(id, ctx.state.deadline)
      ctx.state.user = found?.user
      if (found?.unseen) await notVital(ctx, accounts.noteSeen(id, ctx.ip, ctx.state.deadline))
      return found && { _expire: found.expiresAt.getTime() }
    },
    async set(id: string, _session: unknown, _maxAge: number, { ctx }: { ctx: Context }) {
      if (id === ctx.state.startedSessionId) return
      await notVital(ctx, accounts.extendSession(id, ctx.state.deadline))
    },
    async destroy() {},
  }
  const options = {
    key: cookieName.http,
    store,
    maxAge: sessionTimeout.idle * 1000,
    renew: true,
    signed: false,
    sameSite: 'lax',
    genid: (ctx: Context) => ctx.state.startedSessionId,
  }
  return compose([chooseCookie, createSession(options as CreateSessionOptions, app)])

  /** The person has the page either way; the next page asks again. */
  async function notVital(ctx: Context, work: Promise<void>) {
    await work.catch((err) => log.warn({ err, requestId: ctx.state.requestId }))
  }
}

/** Over TLS with a prefix that browsers take from this very host alone, and over nothing but TLS. */
const cookieName = { http: 'session', https: '__Host-session' }

/** The options are the request's own copy. */
const chooseCookie: Middleware = (ctx, next) => {
  if (ctx.secure) Object.assign(ctx.sessionOptions, { key: cookieName.https, secure: true })
  return next()
}

/** The id in the browser's cookie, whether or not that session has ended. */
export function sessionIdOf(ctx: Context): string | undefined {
  return ctx.cookies.get(ctx.secure ? cookieName.https : cookieName.http)
}

/** What somebody signs in with. */
export function browserOf(ctx: Context): Browser {
  return { sessionId: sessionIdOf(ctx), userAgent: userAgentOf(ctx) }
}

/** What a browser or program says of itself, as much as is kept. */
export function userAgentOf(ctx: Context): string {
  return ctx.get('User-Agent').slice(0, longestUserAgent)
}

/** As much as the column takes. */
const longestUserAgent = 400

/** Gives the browser the cookie of the session that a sign-in started. */
export async function enterSession(ctx: Context, id: string): Promise<void> {
  ctx.state.startedSessionId = id
  ctx.set('Cache-Control', 'no-store')
  reach('before the session is saved')
  await ctx.session?.regenerate()
  reach('after the session is saved')
}

/** Takes from the browser the cookie, and what it keeps of the pages that it saw. */
export function leaveSession(ctx: Context): void {
  ctx.session = null
  ctx.set('Cache-Control', 'no-store')
  ctx.set('Clear-Site-Data', '"cache", "storage"')
}
