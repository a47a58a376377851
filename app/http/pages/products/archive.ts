import type { Context } from 'koa'
import { NotFound } from '../../../errors.js'
import type { Archive } from '../../../products/archive/archive.js'
import type { Catalogue } from '../../../products/catalogue.js'
import { changesOf, parseVersion } from '../../../products/product.js'
import { type FormState, fieldsOf, idIn, idOf, newForm, submit, writeOf } from '../../forms.js'
import { signedInUser } from '../../middleware/access.js'
import { seeOther } from '../../navigation.js'
import type { productPage } from './product.js'

/** What takes a product out of use and puts it back, by a button of its page, and what deletes it for good. */
export function archivePages(
  archive: Archive,
  catalogue: Catalogue,
  { showProductOf }: Pick<ReturnType<typeof productPage>, 'showProductOf'>,
) {
  return {
    submitArchive: submitWith(archive.archive, 'away'),
    submitRestore: submitWith(archive.restore, 'back'),

    async showDelete(ctx: Context) {
      await showDeleteForm(ctx, newForm(ctx.path))
    },

    async submitDelete(ctx: Context) {
      const remove = async () => {
        const user = signedInUser(ctx)
        const seen = parseVersion(fieldsOf(ctx).version)
        await archive.delete(user, idOf(ctx), seen, writeOf(ctx, `user ${user.id}`))
        return '/products?archived=1&deleted'
      }
      await submit(ctx, remove, showDeleteForm)
    },

    showPutForm,
    showDeleteForm,
  }

  function submitWith(put: Archive['archive'], where: 'away' | 'back') {
    return async (ctx: Context) => {
      const act = async () => {
        const [user, id] = [signedInUser(ctx), idOf(ctx)]
        await put(user, id, writeOf(ctx, `user ${user.id}`))
        return `/products/${id}?put=${where}`
      }
      await submit(ctx, act, showPutForm)
    }
  }

  /** A product that was not archived, or not restored, is shown. */
  function showPutForm(ctx: Context, form: FormState) {
    return showProductOf(ctx, idIn(form), { ...newForm(form.action), notice: form.notice ?? 'problem.notPut' })
  }

  /** Says first what is deleted with the product. */
  async function showDeleteForm(ctx: Context, { action, notice, hint }: FormState) {
    const id = idIn(newForm(action))
    const product = await catalogue.find(id, ctx.state.deadline)
    if (!product) throw new NotFound()
    if (!product.archived && ctx.method === 'GET') return seeOther(ctx, `/products/${id}`)
    const form = { ...newForm(action), notice: notice ?? (hint && 'problem.notPut') }
    await ctx.page('products/delete', { product, changes: changesOf(product), form })
  }
}
