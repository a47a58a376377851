import type { Context, Middleware } from 'koa'
import { Forbidden } from '../../errors.js'
import type { User } from '../../users/account.js'
import * as policy from '../../users/policy.js'
import { newForm } from '../forms.js'
import { seeOther, signInPage } from '../navigation.js'

/**
 * Lets people pass who may do this. Strangers are asked to sign in and then brought back; when they had sent a form,
 * because their session ended while they filled it in, the sign-in page carries what they typed.
 * @param formAddress where the form in the request is sent to, if that is elsewhere
 * @throws {Forbidden} where the person's role does not allow it
 */
export function may(access: Access, formAddress?: string): Middleware {
  return (ctx, next) => {
    const { user } = ctx.state
    if (!user) return askToSignIn(ctx, formAddress ?? ctx.path)
    if (access !== 'own account' && !policy.may(user, access)) throw new Forbidden(access)
    return next()
  }
}

/** The page to which everybody is led after signing in leads those on who may not see it. */
export function elsewhereWithout(permission: policy.Permission): Middleware {
  return (ctx, next) => {
    const { user } = ctx.state
    if (!user || policy.may(user, permission)) return next()
    seeOther(ctx, '/account')
  }
}

/** What a page asks for: a permission, or no more than to be signed in. */
export type Access = policy.Permission | 'own account'

/** @param address where the form in the request is sent to */
export async function askToSignIn(ctx: Context, address: string) {
  if (ctx.method === 'GET' || ctx.method === 'HEAD') {
    seeOther(ctx, signInPage(ctx.url))
  } else {
    ctx.status = 401
    const sent = ctx.request.rawBody ?? ''
    const kept = !ctx.is('multipart') && encodeURIComponent(sent).length <= longestDraft
    const form = newForm('/login', { next: address, ...(kept && { draft: sent }) })
    await ctx.page('login', { form: { ...form, hint: kept ? 'login.ended' : 'login.endedTooLong' } })
  }
}

/** A refused form within the sign-in form, encoded once more; what is longer would be refused with that form, too. */
const longestDraft = 60_000

/** The person whom {@link may} let pass. */
export function signedInUser(ctx: Context): User {
  if (!ctx.state.user) throw new Error(`${ctx.path} asks for no permission`)
  return ctx.state.user
}
