import { readFileSync } from 'node:fs'
import { createInstance, type i18n } from 'i18next'
import { build } from '../root.js'
import type { Locale } from './locales.js'

/** The key of a text in locales/. Known when the code is compiled and when a template runs: no key comes from outside. */
export type TextKey = KeysOf<typeof import('../../locales/en.json', { with: { 'resolution-mode': 'import' }})>

/** A text by its key, with the values that it shows. @throws {RangeError} for a key that there is not */
export type Texts = (key: TextKey, values?: Record<string, unknown>) => string

/** The texts of a language. */
export function textsOf(locale: Locale): Texts {
  return texts[locale].text
}

/** Whether there is such a text: for keys that come back from a page. */
export function isTextKey(key: unknown): key is TextKey {
  return typeof key === 'string' && texts.es.keys.has(key)
}

const plural = /_(?:one|many|other)$/

const texts = { es: createTexts('es'), en: createTexts('en') }

function createTexts(locale: Locale): { text: Texts; keys: ReadonlyMap<string, string> } {
  const translation = JSON.parse(readFileSync(new URL(`locales/${locale}.json`, build), 'utf8'))
  const instance = createInstance()
  instance.init({
    initAsync: false,
    lng: locale,
    resources: { [locale]: { translation } },
    fallbackLng: false,
    // The templates escape; escaping here too would show "&amp;" to people.
    interpolation: { escapeValue: false },
  })
  const constant = constantTexts(instance, translation)
  const text: Texts = (key, values) => {
    const known = constant.get(key)
    if (known === undefined) throw new RangeError(`there is no text ${key}`)
    // Without nesting: a value may be what a person typed, and `$t(...)` in it is theirs and no key.
    return values ? instance.t(key, { ...values, nest: false }) : known
  }
  return { text, keys: constant }
}

/** A page asks for some forty texts, nearly all without values, and those are always the same. */
function constantTexts(instance: i18n, translation: object): Map<string, string> {
  const keys = flatten(translation).map((key) => key.replace(plural, ''))
  return new Map(keys.map((key) => [key, instance.t(key)]))
}

function flatten(tree: object, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([name, value]) =>
    typeof value === 'string' ? [prefix + name] : flatten(value, `${prefix}${name}.`),
  )
}

type KeysOf<T> = {
  [Name in keyof T & string]: T[Name] extends string ? WithoutPlural<Name> : `${Name}.${KeysOf<T[Name]>}`
}[keyof T & string]

type WithoutPlural<Name extends string> = Name extends `${infer Base}_${'one' | 'many' | 'other'}` ? Base : Name
