import { randomUUID } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import { type Locale, locales } from '../../i18n/locales.js'
import { textsOf } from '../../i18n/texts.js'
import type { Views } from '../views.js'

/** Gives handlers ctx.page(view, locals): a view of views/ with what its layout always needs. */
export function pages(replica: string, { render }: Views): Middleware {
  const layouts = { es: layoutIn('es'), en: layoutIn('en') }

  return (ctx, next) => {
    ctx.page = async (view: string, locals: object = {}) => {
      const { locale, user } = ctx.state
      const html = await render(view, locale, { ...layouts[locale], user, here: hereOf(ctx), ...locals })
      ctx.set('Cache-Control', user ? 'no-store' : 'no-cache')
      ctx.type = 'html'
      ctx.body = html
    }
    return next()
  }

  function layoutIn(locale: Locale) {
    return { locales, newKey: randomUUID, servedBy: textsOf(locale)('servedBy', { replica }) }
  }
}

/** The address to come back to; a page that answers a form has none. */
function hereOf(ctx: Context): string | undefined {
  return ctx.method === 'GET' ? ctx.url : undefined
}
