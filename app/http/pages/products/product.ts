import type { Context } from 'koa'
import type { Deadline } from '../../../database/deadline.js'
import { NotFound } from '../../../errors.js'
import { parseId } from '../../../input/schemas.js'
import type { Catalogue } from '../../../products/catalogue.js'
import { changesOf, isLow, type Product, parseCatalogueQuery } from '../../../products/product.js'
import type { StockKeeping } from '../../../products/stock/stock.js'
import type { Accounts } from '../../../users/accounts.js'
import type { FormState } from '../../forms.js'
import { drawStock } from './stock-line.js'

/** Changes, and movements, that the page of a product shows. */
const shownChanges = 10
const shownMovements = 5

/** Movements that its line of stock is drawn from. */
const drawnMovements = 100

/** The page of a product. */
export function productPage(catalogue: Catalogue, stock: StockKeeping, accounts: Accounts) {
  return {
    async showProduct(ctx: Context) {
      await showProductOf(ctx, parseId(ctx.params.id))
    },

    showProductOf,
  }

  /** @param form of the page, which was refused */
  async function showProductOf(ctx: Context, id: number | undefined, form?: FormState) {
    const { deadline } = ctx.state
    const product = id === undefined ? undefined : await catalogue.find(id, deadline)
    if (!product) throw new NotFound()
    ctx.state.lowProducts = product.lowProducts
    const [history, balances] = await Promise.all([historyOf(product, deadline), balancesOf(product, deadline)])
    ctx.set('ETag', `"${product.version}"`) // for If-Match: see edit.ts
    await ctx.page('products/show', {
      product,
      form,
      low: isLow(product),
      from: parseCatalogueQuery(ctx.query),
      added: 'added' in ctx.query,
      saved: 'saved' in ctx.query,
      put: ctx.query.put,
      history,
      shownChanges,
      latest: balances.slice(0, shownMovements),
      line: balances.length > 1 ? drawStock(product, balances) : undefined,
    })
  }

  /** The latest changes, each with the name of the person. */
  async function historyOf(product: Product, deadline: Deadline) {
    if (changesOf(product) === 0) return []
    const changes = await catalogue.changes(product.id, { since: 1, most: shownChanges + 1 }, deadline)
    const names = await accounts.namesOf(
      changes.map(({ changedBy }) => changedBy),
      deadline,
    )
    return changes.map((change, index) => ({ ...change, person: names[index] }))
  }

  async function balancesOf({ id, movements }: Product, deadline: Deadline) {
    return movements > 0 ? stock.balances(id, drawnMovements, deadline) : []
  }
}
