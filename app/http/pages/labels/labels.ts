import type { Context } from 'koa'
import { NotFound } from '../../../errors.js'
import type { Catalogue } from '../../../products/catalogue.js'
import { drawLabels, mostLabels, parseLabelsQuery, symbolNames } from '../../../products/labels/labels.js'
import { labelsOn, sheetNames, sheets } from '../../../products/labels/sheets.js'
import { type CatalogueQuery, type Product, parseCatalogueQuery } from '../../../products/product.js'
import { signedInUser } from '../../middleware/access.js'

/** Labels to print: of the products that the address names, or of a page of the list, by the list's own query. */
export function labelPages(catalogue: Catalogue) {
  return {
    async showLabels(ctx: Context) {
      const query = parseLabelsQuery(ctx.query)
      const list = query.ids.length > 0 ? undefined : parseCatalogueQuery(ctx.query)
      const products = list ? await findShown(ctx, list) : await findNamed(ctx, query.ids)
      const sheetsOfLabels = await drawLabels(products, query, ctx.state.deadline)
      const asked = products.length * query.copies
      const choices = { symbolNames, sheetNames, mostLabels, places: labelsOn(sheets[query.sheet]) }
      await ctx.page('labels/index', { query, list, asked, sheetsOfLabels, ...choices })
    },
  }

  async function findShown(ctx: Context, list: CatalogueQuery): Promise<Product[]> {
    return (await catalogue.browse(signedInUser(ctx), list, ctx.state.deadline)).products
  }

  /** @throws {NotFound} where there is none of them */
  async function findNamed(ctx: Context, ids: number[]): Promise<Product[]> {
    const found = await Promise.all(ids.map((id) => catalogue.find(id, ctx.state.deadline)))
    const products = found.filter((product) => product !== undefined)
    if (products.length === 0) throw new NotFound()
    return products
  }
}
