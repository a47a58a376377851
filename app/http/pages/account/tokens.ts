import type { Context } from 'koa'
import type { User } from '../../../users/account.js'
import { permissions } from '../../../users/policy.js'
import { permissionsOf } from '../../../users/role.js'
import type { PersonalTokens } from '../../../users/tokens/personal.js'
import { lifetimes, parsePersonalToken, scopesIn } from '../../../users/tokens/personal-input.js'
import { type FormState, fieldsOf, idOf, newForm, submit, writeOf } from '../../forms.js'
import { signedInUser } from '../../middleware/access.js'

/** Tokens for programs of one's own. */
export function tokenPages(tokens: PersonalTokens) {
  return {
    async showTokens(ctx: Context) {
      await showForm(ctx, newForm('/account/tokens'))
    },

    /** Answers with the page itself: the token is shown this once, and no address has it. */
    async submitToken(ctx: Context) {
      const make = async () => {
        const user = signedInUser(ctx)
        const token = await tokens.make(user, parsePersonalToken(fieldsOf(ctx), user), writeOf(ctx, principalOf(user)))
        await show(ctx, newForm('/account/tokens'), token)
        return undefined
      }
      await submit(ctx, make, showForm)
    },

    async submitRevoke(ctx: Context) {
      const id = idOf(ctx)
      const revoke = async () => {
        const user = signedInUser(ctx)
        await tokens.revoke(user, id, writeOf(ctx, principalOf(user)))
        return '/account/tokens?revoked'
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
    return showForm(ctx, { ...newForm('/account/tokens'), notice: notice ?? 'problem.notPut' })
  }

  async function show(ctx: Context, form: FormState, made: string | undefined) {
    const user = signedInUser(ctx)
    const list = (await tokens.list(user, ctx.state.deadline)).map((token) => {
      return { ...token, scopes: permissionsOf({ builtIn: null, permissions: token.scopes }) }
    })
    const given = permissions.filter((permission) => user.permissions.includes(permission))
    const checked = scopesIn(form.values)
    await ctx.page('account/tokens', { form, list, made, given, checked, lifetimes, revoked: 'revoked' in ctx.query })
  }
}

function principalOf({ id }: User): string {
  return `user ${id}`
}
