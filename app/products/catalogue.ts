import type { Knex } from 'knex'
import { patiently } from '../databases.js'
import { once, type Write } from '../once.js'
import type { User } from '../users/user.js'
import type { CatalogueQuery, Product, ProductDraft } from './product.js'
import * as store from './store.js'

/** The acts of people on the organisation's products. */
export type Catalogue = ReturnType<typeof createCatalogue>

/** A page of the catalogue; `page` is the one shown, which is the last where a later one was asked for. */
export interface CataloguePage {
  products: Product[]
  total: number
  page: number
  pages: number
}

export const pageSize = 20

export function createCatalogue(database: Knex) {
  return {
    /** Adds a product and gives its number. @throws {Taken} when another product has its code */
    async add(user: User, draft: ProductDraft, write: Write): Promise<number> {
      const { productId } = await once(database, write, async (transaction) => ({
        productId: await store.insertProduct(transaction, draft, user.id),
      }))
      return productId
    },

    /** The product with this number, or undefined where there is none. */
    async find(id: number): Promise<Product | undefined> {
      return patiently(() => store.findProduct(database, id))
    },

    async browse({ q, page: asked }: CatalogueQuery): Promise<CataloguePage> {
      const words = q.split(/\s+/).filter((word) => word !== '')
      return patiently(async () => {
        const total = await store.countProducts(database, words)
        const pages = Math.max(1, Math.ceil(total / pageSize))
        const page = Math.min(asked, pages)
        const products = total
          ? await store.findProducts(database, words, { limit: pageSize, offset: (page - 1) * pageSize })
          : []
        return { products, total, page, pages }
      })
    },

    async categories(): Promise<string[]> {
      return patiently(() => store.findCategories(database))
    },
  }
}
