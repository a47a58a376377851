import type { Context } from 'koa'
import type { Parts } from '../app.js'
import { Invalid, Taken } from '../errors.js'
import { nextPage, seeOther } from '../middleware/access.js'
import { fieldsOf, writeOf } from '../middleware/form.js'
import type { FormState } from '../middleware/pages.js'
import { enterSession } from '../middleware/session.js'
import { parseRegistration } from '../users/user.js'

export function registrationPages({ accounts, secret }: Parts) {
  return {
    async showRegister(ctx: Context) {
      await ctx.page('register', { next: ctx.query.next })
    },

    async submitRegister(ctx: Context) {
      const { next } = fieldsOf(ctx)
      try {
        await enterSession(
          ctx,
          await accounts.register(parseRegistration(fieldsOf(ctx)), writeOf(ctx, secret, 'anybody')),
        )
        seeOther(ctx, nextPage(next))
      } catch (error) {
        if (!(error instanceof Invalid || error instanceof Taken)) throw error
        ctx.status = error instanceof Taken ? 409 : 422
        await ctx.page('register', { next, form: { values: fieldsOf(ctx), problems: problemsOf(error, next) } })
      }
    },
  }
}

function problemsOf(error: Invalid | Taken, next: unknown): FormState['problems'] {
  if (error instanceof Invalid) return error.fields
  const href = `/login?next=${encodeURIComponent(nextPage(next))}`
  return { email: { message: 'problem.emailTaken', link: { href, textKey: 'problem.emailTakenLink' } } }
}
