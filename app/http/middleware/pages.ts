import { randomUUID } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import type { FieldProblem } from '../../errors.js'
import { formatsOf } from '../../i18n/formats.js'
import { type Locale, locales } from '../../i18n/locales.js'
import { type TextKey, textsOf } from '../../i18n/texts.js'
import type { Views } from '../views.js'

/** Gives handlers ctx.page(view, locals): a view of views/ with what its layout always needs. */
export function pages(replica: string, { asset, render }: Views): Middleware {
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
    const t = textsOf(locale)
    return {
      ...formatsOf(locale),
      t,
      problemText: (name: string, { message, values }: FieldProblem) =>
        t(message, { ...values, field: t(`field.the.${name}` as TextKey) }),
      locale,
      locales,
      newKey: randomUUID,
      servedBy: t('servedBy', { replica }),
      asset,
    }
  }
}

/** The address to come back to; a page that answers a form has none. */
function hereOf(ctx: Context): string | undefined {
  return ctx.method === 'GET' ? ctx.url : undefined
}
