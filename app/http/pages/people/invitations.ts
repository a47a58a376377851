import type { Context } from 'koa'
import { RegistrationClosed } from '../../../errors.js'
import type { RegistrationRules } from '../../../users/admission.js'
import type { Invitations } from '../../../users/invitations.js'
import { parseInvitedRole } from '../../../users/person.js'
import type { Roles } from '../../../users/roles.js'
import { type FormState, fieldsOf, idOf, newForm, submit, writeOf } from '../../forms.js'
import { signedInUser } from '../../middleware/access.js'

/** Links with which others make an account. */
export function invitationPages(invitations: Invitations, roles: Roles, mode: RegistrationRules['mode']) {
  return {
    async showInvitations(ctx: Context) {
      await showForm(ctx, newForm('/invitations'))
    },

    /** Answers with the page itself: the link is shown this once, and no address has it. */
    async submitInvitation(ctx: Context) {
      const make = async () => {
        if (mode === 'closed') throw new RegistrationClosed()
        const user = signedInUser(ctx)
        const token = await invitations.make(user, parseInvitedRole(fieldsOf(ctx)), writeOf(ctx, `user ${user.id}`))
        await show(ctx, newForm('/invitations'), `${ctx.protocol}://${ctx.host}/register?invitation=${token}`)
        return undefined
      }
      await submit(ctx, make, showForm)
    },

    async submitRevoke(ctx: Context) {
      const id = idOf(ctx)
      const revoke = async () => {
        const user = signedInUser(ctx)
        await invitations.revoke(user, id, writeOf(ctx, `user ${user.id}`))
        return '/invitations?revoked'
      }
      await submit(ctx, revoke, showNotRevoked)
    },

    showForm,
    showNotRevoked,
  }

  function showForm(ctx: Context, form: FormState) {
    return show(ctx, form, undefined)
  }

  function showNotRevoked(ctx: Context, { notice }: FormState) {
    return showForm(ctx, { ...newForm('/invitations'), notice: notice ?? 'problem.notPut' })
  }

  async function show(ctx: Context, form: FormState, link: string | undefined) {
    const { deadline } = ctx.state
    const given = await roles.givenBy(signedInUser(ctx), deadline)
    const open = await invitations.list(deadline)
    await ctx.page('people/invitations', { form, given, open, link, mode, revoked: 'revoked' in ctx.query })
  }
}
