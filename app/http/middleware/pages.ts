import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Context, Middleware } from 'koa'
import compose from 'koa-compose'
import koaViews from 'koa-views'
import { formatsOf } from '../../i18n/formats.js'
import { locales } from '../../i18n/locales.js'
import { textsOf } from '../../i18n/texts.js'
import { build } from '../../root.js'
import { emptyForm } from '../forms.js'
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
        form: emptyForm,
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
    ...formatsOf(locale),
    t: textsOf(locale),
    locale,
    locales,
    user,
    here: ctx.method === 'GET' ? ctx.url : undefined,
    newKey: randomUUID,
  }
}

/** The content-hashed file name of each asset, written by the build. */
function readAssets(): Record<string, string> {
  return JSON.parse(readFileSync(new URL('public/manifest.json', build), 'utf8'))
}
