import type { Context } from 'koa'

/** Where to go after signing in: a page of this site and nowhere else, by default the products. */
export function nextPage(value: unknown): string {
  return typeof value === 'string' && /^\/(?![/\\])/.test(value) && !/[\s\\]/.test(value) ? value : '/products'
}

/** Answers "see there", which a browser follows with GET, so that reloading the page repeats no write. */
export function seeOther(ctx: Context, address: string): void {
  ctx.status = 303
  ctx.redirect(address)
}
