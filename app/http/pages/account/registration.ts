import type { Context } from 'koa'
import { LinkOver } from '../../../errors.js'
import type { Fields } from '../../../input/form-values.js'
import { parseRegistration } from '../../../users/account.js'
import type { Accounts } from '../../../users/accounts.js'
import type { RegistrationRules } from '../../../users/admission.js'
import type { Invitations } from '../../../users/invitations.js'
import { type Proofs, parseNames } from '../../../users/proofs.js'
import { parseToken } from '../../../users/reset-tokens.js'
import { type FormState, fieldsOf, newForm, submit, writeOf } from '../../forms.js'
import { browserOf, enterSession } from '../../middleware/session.js'
import { nextPage, seeOther } from '../../navigation.js'
import { strangerOf } from './principals.js'

/** @param proofs with which an address is proved first; none where no mail is set up */
export function registrationPages(
  accounts: Accounts,
  invitations: Invitations,
  proofs: Proofs | undefined,
  mode: RegistrationRules['mode'],
) {
  return {
    async showRegister(ctx: Context) {
      if ('sent' in ctx.query && proofs) return ctx.page('register-sent', {})
      if (ctx.state.user) return seeOther(ctx, nextPage(ctx.query.next))
      await showRegistrationForm(ctx, newForm('/register', { next: ctx.query.next, invitation: ctx.query.invitation }))
    },

    async submitRegister(ctx: Context) {
      const register = async () => {
        const registration = parseRegistration(fieldsOf(ctx))
        const write = writeOf(ctx, strangerOf(registration))
        const invitation = invitationIn(fieldsOf(ctx))
        const { sessionId, known } = await accounts.register(registration, invitation, write, browserOf(ctx))
        ctx.state.signIn = { account: accounts.pseudonymOf(registration.email), succeeded: true }
        if (sessionId) await enterSession(ctx, sessionId)
        return known ? '/products?known' : nextPage(fieldsOf(ctx).next)
      }
      await submit(ctx, proofs ? () => ask(ctx, proofs) : register, showRegistrationForm)
    },

    showRegistrationForm,
  }

  /** Has a link sent, by which the account is made. */
  async function ask(ctx: Context, proofs: Proofs): Promise<string> {
    const names = parseNames(fieldsOf(ctx))
    const invitation = invitationIn(fieldsOf(ctx))
    await proofs.askToRegister(names, invitation, ctx.state.locale, writeOf(ctx, strangerOf(names)))
    return '/register?sent'
  }

  /** Nobody types into a form that can save nothing. */
  async function showRegistrationForm(ctx: Context, form: FormState) {
    const { invitation } = form.values
    const isProved = proofs !== undefined
    if (mode === 'closed' || (mode === 'invite' && invitation === undefined))
      return ctx.page('not-registering', { mode })
    if (invitation === undefined) return ctx.page('register', { form, role: undefined, isProved })
    const token = parseToken(invitation)
    const role = token && (await invitations.roleOf(token, ctx.state.deadline))
    if (!role) ctx.status = 410
    await (role ? ctx.page('register', { form, role, isProved }) : ctx.page('not-registering', { mode: 'over' }))
    ctx.set('Cache-Control', 'no-store')
  }
}

/** What is in the link that somebody comes by, if they do. @throws {LinkOver} where it can be none */
export function invitationIn({ invitation }: Fields): string | undefined {
  const token = parseToken(invitation)
  if (invitation !== undefined && !token) throw new LinkOver()
  return token
}
