import type { Context } from 'koa'
import type { TextKey } from '../../../i18n/texts.js'
import type { Catalogue } from '../../../products/catalogue.js'
import { parseCode } from '../../../products/product.js'
import { may } from '../../../users/policy.js'
import { type FormState, newForm } from '../../forms.js'
import { signedInUser } from '../../middleware/access.js'
import { seeOther } from '../../navigation.js'

export function scanPages(catalogue: Catalogue) {
  return {
    /** Where a scanned code leads: to the movements of its product; to a new product where none has it; or to scan again. */
    async scan(ctx: Context) {
      const { code: scanned } = ctx.query
      if (!scanned) return showScan(ctx, newForm('/scan'))
      const code = parseCode(scanned)
      if (code === undefined) return showRefused(ctx, scanned, 'problem.notACode')
      const product = await catalogue.findOwner(code, ctx.state.deadline)
      if (product) return seeOther(ctx, `/products/${product.id}/movements`)
      if (!may(signedInUser(ctx), 'products.write')) return showRefused(ctx, code, 'problem.codeOfNone')
      seeOther(ctx, `/products/new?${new URLSearchParams({ code })}`)
    },
  }

  async function showRefused(ctx: Context, scanned: unknown, message: TextKey) {
    ctx.status = 422
    await showScan(ctx, { ...newForm('/scan', { code: scanned }), problems: { code: { message } } })
  }

  async function showScan(ctx: Context, form: FormState) {
    await ctx.page('scan/index', { form })
  }
}
