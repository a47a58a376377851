import type { Context } from 'koa'
import type { Catalogue } from '../../../products/catalogue.js'
import { parseCatalogueQuery } from '../../../products/product.js'
import { signedInUser } from '../../middleware/access.js'

/** Products that the palette offers. */
const shownProducts = 8

/** Parts of pages: the palette opens over any page, where scripts run. */
export function palettePages(catalogue: Catalogue) {
  return {
    /** The commands; or with a query, the products that have its words, before all the one that has it for a code. */
    async showPalette(ctx: Context) {
      const { q } = ctx.query
      if (q === undefined) return ctx.page('palette/commands')
      const [user, { deadline }] = [signedInUser(ctx), ctx.state]
      const [owner, { products }] = await Promise.all([
        catalogue.findOwner(q, deadline),
        catalogue.browse(user, parseCatalogueQuery({ q }), deadline),
      ])
      const exact = owner && (await catalogue.find(owner.id, deadline))
      const others = products.filter(({ id }) => id !== exact?.id)
      const found = exact ? [exact, ...others] : others
      await ctx.page('palette/products', { products: found.slice(0, shownProducts) })
    },

    async showShortcuts(ctx: Context) {
      await ctx.page('palette/shortcuts')
    },
  }
}
