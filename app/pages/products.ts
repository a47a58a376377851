import type { Context } from 'koa'
import type { Parts } from '../app.js'
import { Invalid, KeyReused, NotFound, Taken } from '../errors.js'
import { seeOther, signedInUser } from '../middleware/access.js'
import { fieldsOf, writeOf } from '../middleware/form.js'
import type { FormState } from '../middleware/pages.js'
import { pageSize } from '../products/catalogue.js'
import { parseCatalogueQuery, parseProductDraft, parseProductId } from '../products/product.js'

export function productPages({ catalogue, secret }: Parts) {
  return {
    async showProducts(ctx: Context) {
      const query = parseCatalogueQuery(ctx.query)
      await ctx.page('products/index', { q: query.q, pageSize, ...(await catalogue.browse(query)) })
    },

    async showNewProduct(ctx: Context) {
      const added = await productAt(String(ctx.query.added ?? ''))
      const values = added ? { category: added.category } : {}
      await showForm(ctx, { values, problems: {} }, { added })
    },

    async submitProduct(ctx: Context) {
      try {
        const user = signedInUser(ctx)
        const write = writeOf(ctx, secret, `user ${user.id}`)
        const id = await catalogue.add(user, parseProductDraft(fieldsOf(ctx)), write)
        seeOther(ctx, fieldsOf(ctx).after === 'another' ? `/products/new?added=${id}` : `/products/${id}?added`)
      } catch (error) {
        const values = fieldsOf(ctx)
        if (error instanceof Invalid) {
          ctx.status = 422
          await showForm(ctx, { values, problems: error.fields })
        } else if (error instanceof Taken) {
          ctx.status = 409
          await showForm(ctx, { values, problems: { code: await codeTaken(error.owner) } })
        } else if (error instanceof KeyReused) {
          ctx.status = 422
          await showForm(ctx, { values, problems: {} }, { keyReused: true })
        } else {
          throw error
        }
      }
    },

    async showProduct(ctx: Context) {
      const product = await productAt(ctx.params.id)
      if (!product) throw new NotFound()
      await ctx.page('products/show', { product, added: 'added' in ctx.query })
    },
  }

  async function showForm(ctx: Context, form: FormState, more: object = {}) {
    await ctx.page('products/new', { form, categories: await catalogue.categories(), ...more })
  }

  async function productAt(id: string) {
    const number = parseProductId(id)
    return number === undefined ? undefined : catalogue.find(number)
  }

  async function codeTaken(owner: number): Promise<FormState['problems'][string]> {
    const product = await catalogue.find(owner)
    return { message: 'problem.codeTaken', link: { href: `/products/${owner}`, text: product?.name ?? String(owner) } }
  }
}
