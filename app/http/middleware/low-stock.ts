import type { Context } from 'koa'
import { Deadline } from '../../database/deadline.js'
import type { Catalogue } from '../../products/catalogue.js'

/** How long a page waits for the number, in milliseconds: one that needs nothing else of the products is shown without it. */
const patience = 1_000

/** How many products are low; the same object while they are as many, so that it is rendered once: see views.ts. */
export interface LowStock {
  count: number
}

/** Finds how many products are low, unless the page's handler did; none where that cannot be found. */
export type FindLow = (ctx: Context) => Promise<LowStock>

/** How many products are low, which every page of a person's says in its menu. */
export function findLowStock(catalogue: Catalogue): FindLow {
  let latest: LowStock = { count: 0 }
  return async (ctx) => {
    const count = ctx.state.lowProducts ?? (await Deadline.within(patience, catalogue.countLow).catch(() => 0))
    if (count !== latest.count) latest = { count }
    return latest
  }
}
