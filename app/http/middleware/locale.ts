import type { Context, Middleware } from 'koa'
import { isLocale, type Locale, locales } from '../../i18n/locales.js'

const cookie = { name: 'lang', maxAge: 365 * 24 * 3600 * 1000 }

/** Spanish, unless the person chose English on a page, or chose nothing and the browser prefers it. */
export const locale: Middleware = (ctx, next) => {
  const chosen = ctx.cookies.get(cookie.name)
  ctx.state.locale = isLocale(chosen) ? chosen : preferred(ctx.acceptsLanguages(...locales))
  ctx.set('Vary', 'Accept-Language, Cookie')
  return next()
}

function preferred(accepted: string | false): Locale {
  return isLocale(accepted) ? accepted : 'es'
}

/** The language that a person chose: of this page, and remembered for a year. */
export function rememberLocale(ctx: Context, locale: Locale): void {
  ctx.state.locale = locale
  ctx.cookies.set(cookie.name, locale, { maxAge: cookie.maxAge, sameSite: 'lax' })
}
