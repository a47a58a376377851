import type { Context } from 'koa'
import { NotFound } from '../../../errors.js'
import { type Fields, wholeNumber } from '../../../input/form-values.js'
import type { Catalogue } from '../../../products/catalogue.js'
import { type Product, parseCatalogueQuery, parseProductDraft, parseProductId } from '../../../products/product.js'
import { type FormState, fieldsOf, newForm, submit, writeOf } from '../../forms.js'
import { signedInUser } from '../../middleware/access.js'

export function productPages(catalogue: Catalogue) {
  return {
    async showProducts(ctx: Context) {
      const query = parseCatalogueQuery(ctx.query)
      const list = await catalogue.browse(signedInUser(ctx), query, ctx.state.deadline)
      // Towards the newest no page is too far.
      const asked = query.after === undefined ? query.page : list.page
      await ctx.page('products/index', { list, asked, known: 'known' in ctx.query })
    },

    async showNewProduct(ctx: Context) {
      const added = await productAt(ctx, ctx.query.added)
      await showForm(ctx, newForm('/products', { category: added?.category }), added)
    },

    async submitProduct(ctx: Context) {
      const add = async () => {
        const [user, fields] = [signedInUser(ctx), fieldsOf(ctx)]
        const id = await catalogue.add(user, parseProductDraft(valuesOf(fields)), writeOf(ctx, `user ${user.id}`))
        return fields.after === 'another' ? `/products/new?added=${id}` : `/products/${id}?added`
      }
      await submit(ctx, add, showForm)
    },

    showProductForm: showForm,

    async showProduct(ctx: Context) {
      const product = await productAt(ctx, ctx.params.id)
      if (!product) throw new NotFound()
      await ctx.page('products/show', { product, from: parseCatalogueQuery(ctx.query), added: 'added' in ctx.query })
    },
  }

  async function showForm(ctx: Context, form: FormState, added?: Product) {
    await ctx.page('products/new', { form, added, categories: await catalogue.categories(ctx.state.deadline) })
  }

  async function productAt(ctx: Context, id: unknown) {
    const number = parseProductId(id)
    return number === undefined ? undefined : catalogue.find(number, ctx.state.deadline)
  }
}

/** The values that the fields of the form mean. */
function valuesOf({ units, ...fields }: Fields): Fields {
  return { ...fields, units: wholeNumber(units) }
}
