import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Context, Middleware } from 'koa'
import compose from 'koa-compose'
import koaViews from 'koa-views'
import type { FieldProblem } from '../errors.js'
import { root } from '../root.js'
import type { Views } from '../views.js'
import { type Locale, locales, textsOf } from './locale.js'

/** A form as it is shown: what was typed, and what is wrong with it, by field. */
export interface FormState {
  values: Record<string, unknown>
  problems: Record<string, FieldProblem & { link?: { href: string; text?: string; textKey?: string } }>
}

/** Gives handlers ctx.page(view, locals): a view of views/ with what its layout always needs. */
export function pages(replica: string, { folder, render }: Views): Middleware {
  const assets = readAssets()
  const givePage: Middleware = async (ctx, next) => {
    ctx.page = (view: string, locals: object = {}) => {
      ctx.set('Cache-Control', ctx.state.user ? 'no-store' : 'no-cache')
      return ctx.render(`${view}.ejs`, {
        ...layoutOf(ctx),
        replica,
        asset: (name: string) => `/static/${assets[name]}`,
        form: { values: {}, problems: {} },
        ...locals,
      })
    }
    await next()
  }
  return compose([koaViews(folder, { extension: 'ejs', engineSource: { ejs: render } }), givePage])
}

function layoutOf(ctx: Context) {
  const { locale, user } = ctx.state
  return {
    ...wordsOf[locale],
    locale,
    locales,
    user,
    here: ctx.method === 'GET' ? ctx.url : undefined,
    newKey: randomUUID,
  }
}

/** How each language says texts, numbers and moments. Made once, because making a format costs as much as a page. */
const wordsOf = { es: words('es'), en: words('en') }

function words(locale: Locale) {
  const number = new Intl.NumberFormat(locale)
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
  return {
    t: textsOf(locale),
    number: (value: number) => number.format(value),
    date: (value: Date) => `${date.format(value)} UTC`,
  }
}

/** The content-hashed file name of each asset, written by the build. */
export function readAssets(): Record<string, string> {
  return JSON.parse(readFileSync(new URL('dist/public/manifest.json', root), 'utf8'))
}
