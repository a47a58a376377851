import type { Context, Middleware } from 'koa'
import { isLocale } from '../../i18n/locales.js'
import { fieldsOf } from '../forms.js'
import { rememberLocale } from '../middleware/locale.js'
import { nextPage, seeOther } from '../navigation.js'
import { type FormPages, parseShown, showAgain } from '../shown-again.js'

/** The switch on every page: remembers the language and shows the page again. */
export const chooseLanguage: Middleware = async (ctx, next) => {
  const { lang, again, next: address } = fieldsOf(ctx)
  if (isLocale(lang)) rememberLocale(ctx, lang)
  // A page that answered a form has no address to go back to, and may ask for a session.
  if (typeof again === 'string') await next()
  else seeOther(ctx, nextPage(address))
}

/** The same on a page that answered a form: what was typed comes along, and is shown again with what is wrong with it. */
export function showFormInLanguage(pages: FormPages) {
  return async (ctx: Context) => {
    const { again, lang, ...values } = fieldsOf(ctx)
    const form = parseShown(again as string)
    const shown = form && (await showAgain(ctx, pages, { ...form, values }))
    if (!shown) seeOther(ctx, nextPage(values.next))
  }
}
