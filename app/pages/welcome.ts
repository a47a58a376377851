import type { Context } from 'koa'
import { seeOther } from '../middleware/access.js'
import { sessionIdOf } from '../middleware/session.js'

/** Asks no database whether the session lives, so that strangers are welcome also while it is away. */
export async function showWelcome(ctx: Context) {
  if (sessionIdOf(ctx)) return seeOther(ctx, '/products')
  await ctx.page('welcome')
}
