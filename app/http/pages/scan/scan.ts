import type { Context } from 'koa'
import type { Catalogue } from '../../../products/catalogue.js'
import { parseCode } from '../../../products/product.js'
import { type FormState, newForm } from '../../forms.js'
import { seeOther } from '../../navigation.js'

export function scanPages(catalogue: Catalogue) {
  return {
    /** Where a scanned code leads: to the movements of its product; to a new product where none has it; or to scan again. */
    async scan(ctx: Context) {
      const { code: scanned } = ctx.query
      if (!scanned) return showScan(ctx, newForm('/scan'))
      const code = parseCode(scanned)
      if (code === undefined) return showRefused(ctx, scanned)
      const product = await catalogue.findOwner(code, ctx.state.deadline)
      seeOther(ctx, product ? `/products/${product.id}/movements` : `/products/new?${new URLSearchParams({ code })}`)
    },
  }

  async function showRefused(ctx: Context, scanned: unknown) {
    ctx.status = 422
    const problems = { code: { message: 'problem.notACode' } } as const
    await showScan(ctx, { ...newForm('/scan', { code: scanned }), problems })
  }

  async function showScan(ctx: Context, form: FormState) {
    await ctx.page('scan/index', { form })
  }
}
