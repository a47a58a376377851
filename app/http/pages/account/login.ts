import type { Context } from 'koa'
import { WrongCredentials } from '../../../errors.js'
import { type Credentials, parseCredentials } from '../../../users/account.js'
import type { Accounts, SignIn } from '../../../users/accounts.js'
import { fieldsOf, submit, writeOf } from '../../forms.js'
import { enterSession, leaveSession, sessionIdOf } from '../../middleware/session.js'
import { nextPage, seeOther } from '../../navigation.js'
import { strangerOf } from './principals.js'

/** By address, what shows a form again that was refused because the session had ended. */
export type Drafts = Record<string, (ctx: Context, draft: string) => Promise<void>>

export function loginPages(accounts: Accounts, drafts: Drafts) {
  return {
    async showLogin(ctx: Context) {
      if (ctx.state.user) return seeOther(ctx, nextPage(ctx.query.next))
      const hint = ctx.query.next ? 'login.required' : undefined
      await ctx.page('login', { next: ctx.query.next, hint })
    },

    async submitLogin(ctx: Context) {
      const { next, draft, email } = fieldsOf(ctx)
      await submit(
        ctx,
        async () => {
          const { sessionId } = await signIn(ctx, parseCredentials(fieldsOf(ctx)))
          await enterSession(ctx, sessionId)
          const address = nextPage(next)
          const showDraft = typeof draft === 'string' && Object.hasOwn(drafts, address) && drafts[address]
          if (!showDraft) return address
          ctx.state.user = (await accounts.findSession(sessionId, ctx.state.deadline))?.user
          await showDraft(ctx, draft)
        },
        (form) => ctx.page('login', { next, draft, form: { ...form, values: { email } } }),
      )
    },

    async submitLogout(ctx: Context) {
      const sessionId = sessionIdOf(ctx)
      if (sessionId) await accounts.signOut(sessionId, writeOf(ctx, `session ${sessionId}`))
      leaveSession(ctx)
      seeOther(ctx, '/')
    },
  }

  /** The log tells that somebody signed in, or tried to, and names nobody. */
  async function signIn(ctx: Context, credentials: Credentials): Promise<SignIn> {
    const account = accounts.pseudonymOf(credentials.email)
    try {
      const signedIn = await accounts.signIn(credentials, writeOf(ctx, strangerOf(credentials)), sessionIdOf(ctx))
      ctx.state.signIn = { account, succeeded: true }
      return signedIn
    } catch (error) {
      if (error instanceof WrongCredentials) ctx.state.signIn = { account, succeeded: false }
      throw error
    }
  }
}
