import type { Context } from 'koa'
import { sessionIdOf } from '../middleware/session.js'
import { seeOther } from '../navigation.js'

/** Asks no database whether the session has ended, so that strangers are welcome also while it is away. */
export async function showWelcome(ctx: Context) {
  if (sessionIdOf(ctx)) return seeOther(ctx, '/products')
  await ctx.page('welcome', { deleted: 'deleted' in ctx.query })
}
