import type { Context } from 'koa'
import { seeOther } from '../middleware/access.js'

export async function showWelcome(ctx: Context) {
  if (ctx.state.user) return seeOther(ctx, '/products')
  await ctx.page('welcome')
}
