import { readFileSync } from 'node:fs'
import { createInstance } from 'i18next'
import type { Middleware } from 'koa'
import { root } from '../root.js'

export const locales = ['es', 'en'] as const
export type Locale = (typeof locales)[number]

const cookie = { name: 'lang', maxAge: 365 * 24 * 3600 * 1000 }

/** A text by its key in locales/, with the values that it shows. */
export type Texts = (key: string, values?: Record<string, unknown>) => string

const texts = { es: readTexts('es'), en: readTexts('en') }

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
export function textsOf(locale: Locale): Texts {
  return texts[locale]
}

export function isLocale(value: unknown): value is Locale {
  return locales.includes(value as Locale)
}

/** Remembers for a year the language that a person chose. */
export function rememberLocale(ctx: Parameters<Middleware>[0], locale: Locale): void {
  ctx.cookies.set(cookie.name, locale, { maxAge: cookie.maxAge, sameSite: 'lax' })
}

function readTexts(locale: Locale): Texts {
  const file = new URL(`locales/${locale}.json`, root)
  const instance = createInstance()
  instance.init({
    initAsync: false,
    lng: locale,
    resources: { [locale]: { translation: JSON.parse(readFileSync(file, 'utf8')) } },
    fallbackLng: false,
    // The templates escape; escaping here too would show "&amp;" to people.
    interpolation: { escapeValue: false },
  })
  // A page asks for some forty texts, nearly all without values, and those are always the same.
  const constant = new Map<string, string>()
  return (key, values) => {
    if (values) return instance.t(key, values)
    const known = constant.get(key) ?? instance.t(key)
    constant.set(key, known)
    return known
  }
}
