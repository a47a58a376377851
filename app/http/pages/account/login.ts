import type { Context } from 'koa'
import { Disabled, TooManyAttempts, WrongCredentials } from '../../../errors.js'
import { type Credentials, parseCredentials } from '../../../users/account.js'
import type { Accounts } from '../../../users/accounts.js'
import { sessionHash } from '../../../users/sessions.js'
import type { SignIn } from '../../../users/signing-in.js'
import { type FormState, fieldsOf, newForm, submit, writeOf } from '../../forms.js'
import { rememberLocale } from '../../middleware/locale.js'
import { browserOf, enterSession, leaveSession, sessionIdOf } from '../../middleware/session.js'
import { nextPage, seeOther } from '../../navigation.js'
import { type FormPages, showAgain } from '../../shown-again.js'
import { strangerOf } from './principals.js'

const refusals = [WrongCredentials, TooManyAttempts, Disabled]

export async function showLoginForm(ctx: Context, { values: { email, next, draft }, ...form }: FormState) {
  await ctx.page('login', { form: { ...form, values: { email, next, draft } } })
}

/** @param forms shown after signing in, when they were refused because the session had ended */
export function loginPages(accounts: Accounts, forms: FormPages) {
  return {
    async showLogin(ctx: Context) {
      if (ctx.state.user) return seeOther(ctx, nextPage(ctx.query.next))
      const { next } = ctx.query
      const hint = 'reset' in ctx.query ? 'reset.done' : next ? 'login.required' : undefined
      await showLoginForm(ctx, { ...newForm('/login', { next }), hint })
    },

    async submitLogin(ctx: Context) {
      const { next, draft } = fieldsOf(ctx)
      const goOn = async () => {
        const { sessionId, locale } = await signIn(ctx, parseCredentials(fieldsOf(ctx)))
        if (locale) rememberLocale(ctx, locale)
        if (!sessionId) return nextPage(next)
        await enterSession(ctx, sessionId)
        const resumed = typeof draft === 'string' && (await resume(ctx, sessionId, nextPage(next), draft))
        return resumed ? undefined : nextPage(next)
      }
      await submit(ctx, goOn, showLoginForm)
    },

    async submitLogout(ctx: Context) {
      const sessionId = sessionIdOf(ctx)
      if (sessionId)
        await accounts.signOut(sessionHash(sessionId), ctx.state.user, writeOf(ctx, `session ${sessionId}`))
      leaveSession(ctx)
      seeOther(ctx, '/')
    },
  }

  /** Shows the form with what was typed into it before the session ended. Saves nothing. @returns whether there is one */
  async function resume(ctx: Context, sessionId: string, address: string, draft: string): Promise<boolean> {
    ctx.state.user = (await accounts.findSession(sessionId, ctx.state.deadline))?.user
    const form = newForm(address, Object.fromEntries(new URLSearchParams(draft)))
    return showAgain(ctx, forms, { ...form, hint: 'login.resumed' })
  }

  /** Logs the attempt under a pseudonym. */
  async function signIn(ctx: Context, credentials: Credentials): Promise<SignIn> {
    const account = accounts.pseudonymOf(credentials.email)
    try {
      const signedIn = await accounts.signIn(credentials, writeOf(ctx, strangerOf(credentials)), browserOf(ctx))
      ctx.state.signIn = { account, succeeded: true }
      return signedIn
    } catch (error) {
      if (refusals.some((refusal) => error instanceof refusal)) ctx.state.signIn = { account, succeeded: false }
      throw error
    }
  }
}
