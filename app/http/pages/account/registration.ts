import type { Context } from 'koa'
import { parseRegistration } from '../../../users/account.js'
import type { Accounts } from '../../../users/accounts.js'
import { type FormState, fieldsOf, newForm, submit, writeOf } from '../../forms.js'
import { browserOf, enterSession } from '../../middleware/session.js'
import { nextPage, seeOther } from '../../navigation.js'
import { strangerOf } from './principals.js'

export async function showRegistrationForm(ctx: Context, form: FormState) {
  await ctx.page('register', { form })
}

export function registrationPages(accounts: Accounts) {
  return {
    async showRegister(ctx: Context) {
      if (ctx.state.user) return seeOther(ctx, nextPage(ctx.query.next))
      await showRegistrationForm(ctx, newForm('/register', { next: ctx.query.next }))
    },

    async submitRegister(ctx: Context) {
      const register = async () => {
        const registration = parseRegistration(fieldsOf(ctx))
        const write = writeOf(ctx, strangerOf(registration))
        const { sessionId, known } = await accounts.register(registration, write, browserOf(ctx))
        ctx.state.signIn = { account: accounts.pseudonymOf(registration.email), succeeded: true }
        if (sessionId) await enterSession(ctx, sessionId)
        return known ? '/products?known' : nextPage(fieldsOf(ctx).next)
      }
      await submit(ctx, register, showRegistrationForm)
    },
  }
}
