import type { Context } from 'koa'
import { parseRegistration } from '../../../users/account.js'
import type { Accounts } from '../../../users/accounts.js'
import { fieldsOf, submit, writeOf } from '../../forms.js'
import { enterSession, sessionIdOf } from '../../middleware/session.js'
import { nextPage, seeOther } from '../../navigation.js'
import { strangerOf } from './principals.js'

export function registrationPages(accounts: Accounts) {
  return {
    async showRegister(ctx: Context) {
      if (ctx.state.user) return seeOther(ctx, nextPage(ctx.query.next))
      await ctx.page('register', { next: ctx.query.next })
    },

    async submitRegister(ctx: Context) {
      const { next } = fieldsOf(ctx)
      await submit(
        ctx,
        async () => {
          const registration = parseRegistration(fieldsOf(ctx))
          const write = writeOf(ctx, strangerOf(registration))
          const { sessionId, known } = await accounts.register(registration, write, sessionIdOf(ctx))
          ctx.state.signIn = { account: accounts.pseudonymOf(registration.email), succeeded: true }
          await enterSession(ctx, sessionId)
          return known ? '/products?known' : nextPage(next)
        },
        (form) => ctx.page('register', { next, form }),
      )
    },
  }
}
