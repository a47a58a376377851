import type { Context } from 'koa'
import { LinkOver, NotFound } from '../../../errors.js'
import type { Accounts } from '../../../users/accounts.js'
import type { Proofs } from '../../../users/proofs.js'
import { parseToken, tokenHash } from '../../../users/reset-tokens.js'
import type { Write } from '../../../writes/write.js'
import { type FormState, fieldsOf, newForm, submit, writeOf } from '../../forms.js'
import { browserOf, enterSession } from '../../middleware/session.js'

/** What the links lead to that prove an address. @param given none where no mail is set up */
export function confirmationPages(given: Proofs | undefined, accounts: Accounts) {
  return {
    async showConfirmation(ctx: Context) {
      await showConfirmationForm(ctx, newForm('/confirm', { token: ctx.query.token }))
    },

    /** Makes an account. */
    async submitConfirmation(ctx: Context) {
      const register = async () => {
        const token = tokenIn(ctx)
        const { sessionId, email } = await proofs().register(
          token,
          fieldsOf(ctx),
          writeOfLink(ctx, token),
          browserOf(ctx),
        )
        ctx.state.signIn = { account: accounts.pseudonymOf(email), succeeded: true }
        if (sessionId) await enterSession(ctx, sessionId)
        return '/products'
      }
      await submit(ctx, register, showConfirmationForm)
    },

    /** Gives an account its new address. */
    async submitEmail(ctx: Context) {
      const change = async () => {
        const token = tokenIn(ctx)
        await proofs().changeEmail(token, ctx.state.locale, writeOfLink(ctx, token))
        return '/account?done=email'
      }
      await submit(ctx, change, showConfirmationForm)
    },

    showConfirmationForm,
  }

  /** Nobody types into a form that can save nothing. */
  async function showConfirmationForm(ctx: Context, form: FormState) {
    const [token, { find }] = [parseToken(form.values.token), proofs()]
    const proof = token === undefined ? undefined : await find(token, ctx.state.deadline)
    if (!proof) ctx.status = 410
    await ctx.page('confirm', { form, token, proof })
    ctx.set('Cache-Control', 'no-store')
  }

  /** @throws {NotFound} */
  function proofs(): Proofs {
    if (!given) throw new NotFound()
    return given
  }
}

/** @throws {LinkOver} where it can be none */
function tokenIn(ctx: Context): string {
  const token = parseToken(fieldsOf(ctx).token)
  if (!token) throw new LinkOver()
  return token
}

function writeOfLink(ctx: Context, token: string): Write {
  return writeOf(ctx, `link ${tokenHash(token).toString('hex')}`)
}
