import type { Context, Middleware } from 'koa'
import { Deadline } from '../../database/deadline.js'
import type { Catalogue } from '../../products/catalogue.js'

/** How long a page waits for the number, in milliseconds: one that needs nothing else of the products is shown without it. */
const patience = 1_000

/** Finds how many products are low, once for a request; none where that cannot be found. */
export type FindLow = (ctx: Context) => Promise<number>

/** How many products are low, which every page of a person's says in its menu. */
export function lowStock(catalogue: Catalogue) {
  const find: FindLow = (ctx) => {
    ctx.state.low ??= Deadline.within(patience, catalogue.countLow).catch(() => 0)
    return ctx.state.low
  }
  /** Most answers to a form are no pages. */
  const findEarly: Middleware = (ctx, next) => {
    if (ctx.state.user && ctx.method === 'GET') find(ctx)
    return next()
  }
  return { find, findEarly }
}
