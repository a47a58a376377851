import type { Knex } from 'knex'
import type Koa from 'koa'
import type { Context, Middleware } from 'koa'
import compose from 'koa-compose'
import { type CreateSessionOptions, createSession } from 'koa-session'
import { reach } from '../crash-points.js'
import { patiently } from '../databases.js'
import type { Log } from '../log.js'
import { endSession, extendSession, findSession } from '../users/sessions.js'
import { sessionLife } from '../users/store.js'

/**
 * Cookie to session to ctx.state.user. The rows are written by the domain, each in the transaction of the sign-in or
 * sign-out that it belongs to; koa-session keeps the cookie and asks for a longer life. Its store inserts nothing, so a
 * slow request never brings back a session that was ended meanwhile.
 */
export function session(app: Koa, database: Knex, log: Log): Middleware {
  const store = {
    async get(id: string) {
      const found = await findSession(database, id)
      return found && { user: found.user, _expire: found.expiresAt.getTime() }
    },
    async set(id: string, _session: unknown, _maxAge: number, { ctx }: { ctx: Context }) {
      if (id === ctx.state.startedSessionId) return
      // The person has the page either way; the next page asks again.
      await extendSession(database, id).catch((err) => log.warn({ err, requestId: ctx.state.requestId }))
    },
    async destroy(id: string) {
      await patiently(() => endSession(database, id))
    },
  }
  const options = {
    key: cookieName,
    store,
    maxAge: sessionLife.idle * 1000,
    renew: true,
    signed: false,
    sameSite: 'lax',
    genid: (ctx: Context) => ctx.state.startedSessionId,
  }
  return compose([createSession(options as CreateSessionOptions, app), exposeUser])
}

const cookieName = 'session'

const exposeUser: Middleware = async (ctx, next) => {
  ctx.state.user = ctx.session?.user
  await next()
}

/** The id in the browser's cookie, whether or not that session still lives. */
export function sessionIdOf(ctx: Context): string | undefined {
  return ctx.cookies.get(cookieName)
}

/** Gives the browser the session that a sign-in started, and ends the one that it had. */
export async function enterSession(ctx: Context, id: string): Promise<void> {
  ctx.state.startedSessionId = id
  reach('before the session is saved')
  await ctx.session?.regenerate()
  reach('after the session is saved')
}

/** Takes the session's cookie from the browser. */
export function leaveSession(ctx: Context): void {
  ctx.session = null
}
