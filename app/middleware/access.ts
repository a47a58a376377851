import type { Context, Middleware } from 'koa'
import type { User } from '../users/user.js'

/**
 * Lets signed-in people pass. Others are asked to sign in and then brought back; when they had sent a form, because
 * their session ended while they filled it in, the sign-in page carries what they typed.
 */
export const requireSignIn: Middleware = async (ctx, next) => {
  if (ctx.state.user) return next()
  if (ctx.method === 'GET' || ctx.method === 'HEAD') {
    seeOther(ctx, `/login?next=${encodeURIComponent(ctx.url)}`)
  } else {
    ctx.status = 401
    await ctx.page('login', { next: ctx.path, draft: ctx.request.rawBody ?? '', notice: 'login.ended' })
  }
}

/** The person whom requireSignIn let pass. */
export function signedInUser(ctx: Context): User {
  if (!ctx.state.user) throw new Error(`${ctx.path} is not behind requireSignIn`)
  return ctx.state.user
}

/** Where to go after signing in: a page of this site and nowhere else, by default the products. */
export function nextPage(value: unknown): string {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value) && !/[\s\\]/.test(value) ? value : '/products'
}

/** Answers "see there", which a browser follows with GET, so that reloading the page repeats no write. */
export function seeOther(ctx: Context, address: string): void {
  ctx.status = 303
  ctx.redirect(address)
}
