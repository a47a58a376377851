import { randomUUID } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import { may, type Permission } from '../../users/policy.js'
import type { Views } from '../views.js'
import type { FindLow } from './low-stock.js'

/**
 * Gives handlers ctx.page(view, locals): a view of views/, which sees who asks, what they may do, and for which address, too; and
 * a person's how many products are low.
 * @param registers whether strangers may make an account
 */
export function pages({ render }: Views, findLow: FindLow, registers: boolean): Middleware {
  return (ctx, next) => {
    ctx.page = async (view: string, locals: object = {}) => {
      const { locale, user } = ctx.state
      const newKey = () => {
        ctx.state.holdsKey = true
        return randomUUID()
      }
      const userMay = (permission: Permission) => user !== undefined && may(user, permission)
      const lowStock = userMay('products.read') ? await findLow(ctx) : undefined
      const seen = { user, registers, may: userMay, lowStock, here: hereOf(ctx), newKey, ...locals }
      answerWithPage(ctx, await render(view, locale, seen))
    }
    return next()
  }
}

/** Nothing that was shown to a person may be kept by their browser; a stranger's page may, if it asks each time. */
export function answerWithPage(ctx: Context, html: string | Buffer): void {
  ctx.set('Cache-Control', ctx.state.user ? 'no-store' : 'no-cache')
  ctx.set('Content-Type', 'text/html; charset=utf-8') // else Koa looks for it in the text
  ctx.body = typeof html === 'string' ? Buffer.from(html) : html
}

/** The address to come back to; a page that answers a form has none. */
function hereOf(ctx: Context): string | undefined {
  return ctx.method === 'GET' ? ctx.url : undefined
}
