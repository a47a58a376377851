import type { Context } from 'koa'
import { LinkOver, NotFound } from '../../../errors.js'
import { parseToken, tokenHash } from '../../../users/reset-tokens.js'
import { parseResetRequest, type Resets } from '../../../users/resets.js'
import { type FormState, fieldsOf, newForm, submit, writeOf } from '../../forms.js'
import { leaveSession } from '../../middleware/session.js'
import { strangerOf } from './principals.js'

/** @param mail whether it is set up, so that a link can be sent */
export function resetPages(resets: Resets, mail: boolean) {
  return {
    async showForgotten(ctx: Context) {
      await showForgottenForm(ctx, newForm('/forgotten', { email: ctx.query.email }))
    },

    async submitForgotten(ctx: Context) {
      if (!mail) throw new NotFound()
      const request = async () => {
        const asked = parseResetRequest(fieldsOf(ctx))
        await resets.request(asked, ctx.state.locale, writeOf(ctx, strangerOf(asked)))
        return '/forgotten?sent'
      }
      await submit(ctx, request, showForgottenForm)
    },

    async showReset(ctx: Context) {
      await showResetForm(ctx, newForm('/reset', { token: ctx.query.token }))
    },

    async submitReset(ctx: Context) {
      const reset = async () => {
        const token = parseToken(fieldsOf(ctx).token)
        if (!token) throw new LinkOver()
        await resets.reset(token, fieldsOf(ctx), writeOf(ctx, `link ${tokenHash(token).toString('hex')}`))
        leaveSession(ctx)
        return '/login?reset'
      }
      await submit(ctx, reset, showResetForm)
    },

    showForgottenForm,
    showResetForm,
  }

  async function showForgottenForm(ctx: Context, form: FormState) {
    await ctx.page('forgotten', { form, mail, sent: 'sent' in ctx.query })
  }

  /** Nobody types into a form that can save nothing. */
  async function showResetForm(ctx: Context, form: FormState) {
    const token = parseToken(form.values.token)
    const isOpen = token !== undefined && (await resets.isOpen(token, ctx.state.deadline))
    if (!isOpen) ctx.status = 410
    await ctx.page('reset', { form, token, isOpen })
    ctx.set('Cache-Control', 'no-store')
  }
}
