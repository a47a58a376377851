import type { Context } from 'koa'
import type { Parts } from '../app.js'
import { Invalid, WrongCredentials } from '../errors.js'
import { nextPage, seeOther } from '../middleware/access.js'
import { fieldsOf, writeOf } from '../middleware/form.js'
import { enterSession, leaveSession, sessionIdOf } from '../middleware/session.js'
import { parseCredentials } from '../users/user.js'

export function loginPages({ accounts, secret }: Parts) {
  return {
    async showLogin(ctx: Context) {
      if (ctx.state.user) return seeOther(ctx, nextPage(ctx.query.next))
      const notice = ctx.query.next ? 'login.required' : undefined
      await ctx.page('login', { next: ctx.query.next, notice })
    },

    async submitLogin(ctx: Context) {
      const { next, draft, ...values } = fieldsOf(ctx)
      let sessionId: string
      try {
        sessionId = await accounts.signIn(parseCredentials(values), writeOf(ctx, secret, 'anybody'))
        await enterSession(ctx, sessionId)
      } catch (error) {
        if (!(error instanceof Invalid || error instanceof WrongCredentials)) throw error
        ctx.status = error instanceof Invalid ? 422 : 401
        const problems = error instanceof Invalid ? error.fields : {}
        const wrong = error instanceof WrongCredentials
        return ctx.page('login', { next, draft, wrong, form: { values, problems } })
      }
      if (typeof draft === 'string' && draft !== '') {
        // The form that was refused because the session had ended, offered for sending again.
        ctx.state.user = await accounts.userOf(sessionId)
        return ctx.page('resume', { action: nextPage(next), fields: [...new URLSearchParams(draft)] })
      }
      seeOther(ctx, nextPage(next))
    },

    async submitLogout(ctx: Context) {
      const sessionId = sessionIdOf(ctx)
      if (sessionId) await accounts.signOut(sessionId, writeOf(ctx, secret, `session ${sessionId}`))
      leaveSession(ctx)
      seeOther(ctx, '/')
    },
  }
}
