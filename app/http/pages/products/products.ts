import type { Context } from 'koa'
import type { Deadline } from '../../../database/deadline.js'
import { NotFound } from '../../../errors.js'
import { parseId } from '../../../input/schemas.js'
import type { Catalogue } from '../../../products/catalogue.js'
import { type Product, parseCatalogueQuery } from '../../../products/product.js'
import type { Accounts } from '../../../users/accounts.js'
import { type FormState, fieldsOf, newForm, submit, writeOf } from '../../forms.js'
import { signedInUser } from '../../middleware/access.js'
import { draftOf, valuesOf } from './fields.js'

/** Changes that the page of a product shows. */
const shownChanges = 10

export function productPages(catalogue: Catalogue, accounts: Accounts) {
  return {
    async showProducts(ctx: Context) {
      const query = parseCatalogueQuery(ctx.query)
      const list = await catalogue.browse(signedInUser(ctx), query, ctx.state.deadline)
      // Towards the first no page is too far, and after another one there may be fewer than there were.
      const isOther = query.before === undefined ? query.page !== list.page : query.page > list.page
      const asked = query.after === undefined && isOther ? query.page : undefined
      await ctx.page('products/index', { list, asked, known: 'known' in ctx.query })
    },

    async showNewProduct(ctx: Context) {
      const [added, copied] = await Promise.all([productAt(ctx, ctx.query.added), productAt(ctx, ctx.query.copy)])
      const values = copied ? { ...valuesOf(copied), code: '' } : { category: added?.category }
      await showForm(ctx, newForm('/products', values), { added, copied })
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

    async showProduct(ctx: Context) {
      const product = await productAt(ctx, ctx.params.id)
      if (!product) throw new NotFound()
      const from = parseCatalogueQuery(ctx.query)
      ctx.set('ETag', `"${product.version}"`) // for If-Match: see edit.ts
      const [added, saved] = ['added' in ctx.query, 'saved' in ctx.query]
      const history = await historyOf(product, ctx.state.deadline)
      await ctx.page('products/show', { product, from, added, saved, history, shownChanges })
    },
  }

  async function showForm(
    ctx: Context,
    form: FormState,
    of: { added?: Product | undefined; copied?: Product | undefined } = {},
  ) {
    await ctx.page('products/new', { form, ...of, categories: await catalogue.categories(ctx.state.deadline) })
  }

  /** The latest changes of the fields, each with the name of the person. */
  async function historyOf({ id, version, movements }: Product, deadline: Deadline) {
    if (version === 1 + movements) return []
    const changes = await catalogue.changes(id, { since: 1, most: shownChanges + 1 }, deadline)
    const names = await accounts.namesOf(
      changes.map(({ changedBy }) => changedBy),
      deadline,
    )
    return changes.map((change, index) => ({ ...change, person: names[index] }))
  }

  async function productAt(ctx: Context, id: unknown) {
    const number = parseId(id)
    return number === undefined ? undefined : catalogue.find(number, ctx.state.deadline)
  }
}
