import type { Context } from 'koa'
import { isLocale } from '../../i18n/locales.js'
import { fieldsOf } from '../forms.js'
import { rememberLocale } from '../middleware/locale.js'
import { nextPage, seeOther } from '../navigation.js'

/** The switch on every page: remembers the language and shows the page again. */
export async function chooseLanguage(ctx: Context) {
  const { lang, next } = fieldsOf(ctx)
  if (isLocale(lang)) rememberLocale(ctx, lang)
  seeOther(ctx, nextPage(next))
}
