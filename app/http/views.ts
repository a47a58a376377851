import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ejs from 'ejs'
import koaViews from 'koa-views'
import type { FieldProblem } from '../errors.js'
import { formatsOf } from '../i18n/formats.js'
import { type Locale, locales } from '../i18n/locales.js'
import { type TextKey, textsOf } from '../i18n/texts.js'
import { type CatalogueQuery, pageSizes } from '../products/product.js'
import { build, root } from '../root.js'
import { readAssets } from './middleware/assets.js'

/** The templates of views/. */
export type Views = ReturnType<typeof createViews>

type Template = (locals: Locals) => string

type Locals = Record<string, unknown>

/** What a view is compiled for: a language, and the names of its locals. */
interface Variant {
  locale: Locale
  names: string[]
}

/**
 * A template sees its locals, and what it includes sees them too, as with plain ejs; a name that nobody gave is an error.
 * All see what is common to the pages of a language. `includeKept(path, object)` includes a template that sees nothing
 * but that and the object's own values, so that what it shows is the same for everybody; it is rendered once for each
 * object. A template is compiled when it is first shown, in each language and for each set of names.
 * @param replica is named on every page
 * @param cache keeps what is compiled; without it an edit of the checkout's shows at the next request
 */
export function createViews(
  replica: string,
  cache: boolean,
  { folder = fileURLToPath(new URL('views', cache ? build : root)), texts = textsOf } = {},
) {
  const assets = readAssets()
  const compiled = new Map<string, Template>()
  const kept = cache ? keepByObject() : makeAnew
  const common = { es: commonIn('es'), en: commonIn('en') }
  // koa-views looks at the file system for each view that it renders, so it is asked for templates, and once for each.
  const find = koaViews(folder, {
    extension: 'ejs',
    autoRender: false,
    engineSource: { ejs: async (file: string, { names, locale }: Variant) => compile(file, names, locale) },
  }) as unknown as () => (view: string, shown: Variant) => Promise<Template>

  return {
    cached: cache,

    async render(view: string, locale: Locale, locals: Locals): Promise<string> {
      const names = Object.keys(locals)
      const key = `${locale} ${view} ${names}`
      let template = compiled.get(key)
      if (!template) {
        // The function reads its context from `this`, and needs one for the type of the answer alone.
        template = await find().call({}, view, { names, locale })
        if (cache) compiled.set(key, template)
      }
      return template({ common: common[locale], ...locals })
    },
  }

  function commonIn(locale: Locale) {
    const t = texts(locale)
    return {
      ...formatsOf(locale),
      t,
      problemText: (name: string, { message, values }: FieldProblem) =>
        t(message, { ...values, field: t(`field.the.${name}` as TextKey) }),
      locale,
      locales,
      servedBy: t('servedBy', { replica }),
      asset,
      listQuery,
      queryString,
    }
  }

  /** Knowing the names, ejs needs no `with`. */
  function compile(filename: string, names: string[], locale: Locale): Template {
    const part = partsOf(filename, names, locale)
    const keptPart = partsOf(filename, [], locale)
    const includeKept = (path: string, shown: Locals) =>
      kept(shown, keptPart(path, shown), (template) => template({ common: common[locale], ...shown }))
    const options = {
      filename,
      strict: true,
      unsafePrototypeLocals: true,
      destructuredLocals: names,
      escape: escapeMarkup,
      context: { part, includeKept }, // seen as `this`, so that they need not be copied with the locals
    }
    const commonNames = Object.keys(common[locale]).filter((name) => !names.includes(name))
    const include = '(path, own) => part(path, own)(own ? { ...locals, ...own } : locals)'
    const seen = `const { part, includeKept } = this, include = ${include}, { ${commonNames} } = locals.common`
    // In a block of its own, where a template may give a local's name to something else.
    const source = `<% ${seen}; { %>${withConstants(readFileSync(filename, 'utf8'), locale)}<% } %>`
    return ejs.compile(source, options)
  }

  /** The templates that one includes, compiled for the names that it passes on and for those of their own locals. */
  function partsOf(filename: string, names: string[], locale: Locale) {
    const parts = new Map<string, Template>()
    return (path: string, own: Locals = {}): Template => {
      const ownNames = Object.keys(own)
      const key = `${path} ${ownNames}`
      let part = parts.get(key)
      if (!part) {
        part = compile(resolve(path, filename), [...new Set([...names, ...ownNames])], locale)
        parts.set(key, part)
      }
      return part
    }
  }

  /** Puts in, as they are shown, the texts and assets that are the same each time. Escaped, they hold no tags of ejs. */
  function withConstants(source: string, locale: Locale): string {
    const t = texts(locale)
    return source.replace(/<%= (t|asset)\('([^']+)'\) %>/g, (_, call, name) =>
      ejs.escapeXML(call === 't' ? t(name as TextKey) : asset(name)),
    )
  }

  function asset(name: string): string {
    return `/static/${assets[name]}`
  }

  /** From the root of the folder, or from beside the template. */
  function resolve(path: string, from: string): string {
    return path.startsWith('/') ? ejs.resolveInclude(path.slice(1), folder, true) : ejs.resolveInclude(path, from)
  }
}

/** What an address says of a list; the first page of everything needs no word. */
function listQuery(list: CatalogueQuery): string {
  const { q, category, stock, archived, mine, sort, dir, before, after } = list
  const page = list.page > 1 ? list.page : undefined
  const size = list.size === pageSizes[0] ? undefined : list.size
  return queryString({ q: q || undefined, category, stock, archived, mine, sort, dir, size, page, before, after })
}

/** What an address asks for, without what is undefined. */
function queryString(values: object): string {
  const said = Object.entries(values).filter(([, value]) => value !== undefined)
  return said.length > 0 ? `?${new URLSearchParams(said)}` : ''
}

/** Keeps what a template made of an object for as long as there is the object. */
function keepByObject() {
  const all = new WeakMap<object, Map<Template, string>>()
  return (object: object, template: Template, render: (template: Template) => string): string => {
    const kept = all.get(object) ?? new Map<Template, string>()
    all.set(object, kept)
    const text = kept.get(template) ?? render(template)
    kept.set(template, text)
    return text
  }
}

const makeAnew: ReturnType<typeof keepByObject> = (_object, template, render) => render(template)

/** Nearly nothing that a page shows needs escaping, and testing first is faster. */
function escapeMarkup(value: unknown): string {
  return typeof value === 'string' && !/[&<>"']/.test(value) ? value : ejs.escapeXML(value)
}
