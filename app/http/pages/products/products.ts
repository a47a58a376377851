import type { Context } from 'koa'
import { parseId } from '../../../input/schemas.js'
import type { Catalogue } from '../../../products/catalogue.js'
import { type Product, parseCatalogueQuery, parseCode } from '../../../products/product.js'
import { type FormState, fieldsOf, newForm, submit, writeOf } from '../../forms.js'
import { signedInUser } from '../../middleware/access.js'
import { draftOf, valuesOf } from './fields.js'

/** The list of products, and the form that adds to it. */
export function productPages(catalogue: Catalogue) {
  return {
    async showProducts(ctx: Context) {
      const query = parseCatalogueQuery(ctx.query)
      const list = await catalogue.browse(signedInUser(ctx), query, ctx.state.deadline)
      ctx.state.lowProducts = list.lowProducts
      // Towards the first no page is too far, and after another one there may be fewer than there were.
      const isOther = query.before === undefined ? query.page !== list.page : query.page > list.page
      const asked = query.after === undefined && isOther ? query.page : undefined
      const [known, deleted] = ['known' in ctx.query, 'deleted' in ctx.query]
      await ctx.page('products/index', { list, asked, known, deleted })
    },

    async showNewProduct(ctx: Context) {
      const [added, copied] = await Promise.all([productAt(ctx, ctx.query.added), productAt(ctx, ctx.query.copy)])
      const code = parseCode(ctx.query.code) // of a scan that no product has
      const values = copied ? { ...valuesOf(copied), code: '' } : { category: added?.category, code }
      const form = newForm('/products', values)
      await showForm(ctx, { ...form, hint: code ? 'newProduct.scanned' : undefined }, { added, copied })
    },

    /** A part of the form, which shows it while a code is typed. */
    async showCode(ctx: Context) {
      const { code, of } = ctx.query
      const owner = await catalogue.findOwner(code, ctx.state.deadline)
      await ctx.page('products/code', { owner: owner && String(owner.id) !== of ? owner : undefined })
    },

    async submitProduct(ctx: Context) {
      const add = async () => {
        const [user, fields] = [signedInUser(ctx), fieldsOf(ctx)]
        const id = await catalogue.add(user, draftOf(fields), writeOf(ctx, `user ${user.id}`))
        return fields.after === 'another' ? `/products/new?added=${id}` : `/products/${id}?added`
      }
      await submit(ctx, add, showForm)
    },

    showProductForm: showForm,
  }

  async function showForm(
    ctx: Context,
    form: FormState,
    of: { added?: Product | undefined; copied?: Product | undefined } = {},
  ) {
    await ctx.page('products/new', { form, ...of, categories: await catalogue.categories(ctx.state.deadline) })
  }

  async function productAt(ctx: Context, id: unknown) {
    const number = parseId(id)
    return number === undefined ? undefined : catalogue.find(number, ctx.state.deadline)
  }
}
