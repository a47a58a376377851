import { readFileSync } from 'node:fs'
import i18next, { type TFunction } from 'i18next'
import type { Middleware } from 'koa'

export const locales = ['es', 'en'] as const
export type Locale = (typeof locales)[number]

const cookie = { name: 'lang', maxAge: 365 * 24 * 3600 * 1000 }

await i18next.init({
  resources: Object.fromEntries(locales.map((locale) => [locale, { translation: readTexts(locale) }])),
  fallbackLng: false,
  // The templates escape; escaping here too would show "&amp;" to people.
  interpolation: { escapeValue: false },
})

/** Spanish, unless the person chose English on a page, or chose nothing and the browser prefers it. */
export const locale: Middleware = async (ctx, next) => {
  const chosen = ctx.cookies.get(cookie.name)
  ctx.state.locale = isLocale(chosen) ? chosen : preferred(ctx.acceptsLanguages(...locales))
  ctx.vary('Accept-Language')
  ctx.vary('Cookie')
  await next()
}

function preferred(accepted: string | false): Locale {
  return isLocale(accepted) ? accepted : 'es'
}

/** The texts of a language. */
export function textsOf(locale: Locale): TFunction {
  return i18next.getFixedT(locale)
}

export function isLocale(value: unknown): value is Locale {
  return locales.includes(value as Locale)
}

/** Remembers for a year the language that a person chose. */
export function rememberLocale(ctx: Parameters<Middleware>[0], locale: Locale): void {
  ctx.cookies.set(cookie.name, locale, { maxAge: cookie.maxAge, sameSite: 'lax' })
}

function readTexts(locale: Locale): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`../../../locales/${locale}.json`, import.meta.url), 'utf8'))
}
