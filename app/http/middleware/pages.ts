import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Context, Middleware } from 'koa'
import compose from 'koa-compose'
import koaViews from 'koa-views'
import type { FieldProblem } from '../../errors.js'
import { formatsOf } from '../../i18n/formats.js'
import { locales } from '../../i18n/locales.js'
import { type TextKey, textsOf } from '../../i18n/texts.js'
import { build } from '../../root.js'
import type { Views } from '../views.js'

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
        ...locals,
      })
    }
    await next()
  }
  return compose([koaViews(folder, { extension: 'ejs', engineSource: { ejs: render } }), givePage])
}

function layoutOf(ctx: Context) {
  const { locale, user } = ctx.state
  const t = textsOf(locale)
  return {
    ...formatsOf(locale),
    t,
    problemText: (name: string, { message, values }: FieldProblem) =>
      t(message, { ...values, field: t(`field.the.${name}` as TextKey) }),
    locale,
    locales,
    user,
    /** The address to come back to; a page that answers a form has none. */
    here: ctx.method === 'GET' ? ctx.url : undefined,
    newKey: randomUUID,
  }
}

/** The content-hashed file name of each asset, written by the build. */
export function readAssets(): Record<string, string> {
  return JSON.parse(readFileSync(new URL('assets.json', build), 'utf8'))
}
