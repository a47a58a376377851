import type { Context } from 'koa'
import type { Catalogue } from '../../../products/catalogue.js'
import { actKinds, idsOf, parseAct } from '../../../products/import/act.js'
import type { Imports } from '../../../products/import/imports.js'
import { type FormState, fieldsOf, submit, writeOf } from '../../forms.js'
import { signedInUser } from '../../middleware/access.js'

/** What is done with many products at once, chosen below the list of them. */
export function bulkPages(imports: Imports, catalogue: Catalogue) {
  return {
    async submitBulk(ctx: Context) {
      const act = async () => {
        const user = signedInUser(ctx)
        return `/imports/${await imports.act(user, parseAct(fieldsOf(ctx)), writeOf(ctx, `user ${user.id}`))}`
      }
      await submit(ctx, act, showBulkForm)
    },

    showBulkForm,
  }

  /** What was selected stays so, to be sent again. */
  async function showBulkForm(ctx: Context, form: FormState) {
    const categories = await catalogue.categories(ctx.state.deadline)
    await ctx.page('products/bulk', { form, ids: idsOf(form.values.id), kinds: actKinds, categories })
  }
}
