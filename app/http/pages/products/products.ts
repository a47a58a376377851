import type { Context } from 'koa'
import { NotFound } from '../../../errors.js'
import { type Fields, wholeNumber } from '../../../input/form-values.js'
import { type Catalogue, pageSize } from '../../../products/catalogue.js'
import { parseCatalogueQuery, parseProductDraft, parseProductId } from '../../../products/product.js'
import { emptyForm, type FormState, fieldsOf, submit, writeOf } from '../../forms.js'
import { signedInUser } from '../../middleware/access.js'

export function productPages(catalogue: Catalogue) {
  return {
    async showProducts(ctx: Context) {
      const query = parseCatalogueQuery(ctx.query)
      const found = await catalogue.browse(signedInUser(ctx), query, ctx.state.deadline)
      await ctx.page('products/index', { q: query.q, pageSize, known: 'known' in ctx.query, ...found })
    },

    async showNewProduct(ctx: Context) {
      const added = await productAt(ctx, ctx.query.added)
      const values = added ? { category: added.category } : {}
      await showForm(ctx, { ...emptyForm, values }, { added })
    },

    async submitProduct(ctx: Context) {
      const fields = fieldsOf(ctx)
      await submit(
        ctx,
        async () => {
          const user = signedInUser(ctx)
          const id = await catalogue.add(user, parseProductDraft(valuesOf(fields)), writeOf(ctx, `user ${user.id}`))
          return fields.after === 'another' ? `/products/new?added=${id}` : `/products/${id}?added`
        },
        (form) => showForm(ctx, form, { unsaved: true }),
      )
    },

    /** The form with what was typed into it before the session ended. Saves nothing. */
    async showDraft(ctx: Context, draft: string) {
      const values = Object.fromEntries(new URLSearchParams(draft))
      await showForm(ctx, { ...emptyForm, values }, { unsaved: true, resumed: true })
    },

    async showProduct(ctx: Context) {
      const product = await productAt(ctx, ctx.params.id)
      if (!product) throw new NotFound()
      await ctx.page('products/show', { product, added: 'added' in ctx.query })
    },
  }

  async function showForm(ctx: Context, form: FormState, more: object) {
    await ctx.page('products/new', { form, categories: await catalogue.categories(ctx.state.deadline), ...more })
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
