import type { Context } from 'koa'
import { nextPage, seeOther } from '../middleware/access.js'
import { fieldsOf } from '../middleware/form.js'
import { isLocale, rememberLocale } from '../middleware/locale.js'

/** The switch on every page: remembers the language and shows the page again. */
export async function chooseLanguage(ctx: Context) {
  const { lang, next } = fieldsOf(ctx)
  if (isLocale(lang)) rememberLocale(ctx, lang)
  seeOther(ctx, nextPage(next))
}
