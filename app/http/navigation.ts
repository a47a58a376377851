import type { Context } from 'koa'

/** An address in a header, encoded; a longer one is nobody's page, and nginx takes no header above 16 KB. */
const longestAddress = 2_000

/** Where to go after signing in: a page of this site and nowhere else, by default the products. */
export function nextPage(value: unknown): string {
  const isOwn = typeof value === 'string' && /^\/(?![/\\])/.test(value) && !/[\s\\]/.test(value)
  return isOwn && fits(value) ? value : '/products'
}

/** The page that asks strangers to sign in and then brings them to an address, where that can be remembered. */
export function signInPage(address: string): string {
  return fits(address) ? `/login?next=${encodeURIComponent(address)}` : '/login'
}

function fits(address: string): boolean {
  return address.length <= longestAddress && encodeURIComponent(address).length <= longestAddress
}

/** Answers "see there", which a browser follows with GET, so that reloading the page repeats no write. */
export function seeOther(ctx: Context, address: string): void {
  ctx.status = 303
  ctx.redirect(address)
}
