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
  page: number
  /** Of all that match; where `andMore`, there are more of them than this. */
  total: number
  andMore: boolean
}

export const pageSize = 20

/** How many are counted at most, of all and of those that a search finds: a count takes as long as there is to count. */
const countedAtMost = { all: 1_000, found: 200 }

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
        const found = await findPage(words, asked)
        if (found.products.length > 0 || asked === 1) return found
        const last = Math.ceil((await store.countProducts(database, words)) / pageSize)
        return findPage(words, Math.max(1, last))
      })
    },

    async categories(): Promise<string[]> {
      return patiently(() => store.findCategories(database))
    },
  }

  async function findPage(words: string[], page: number): Promise<CataloguePage> {
    const offset = (page - 1) * pageSize
    const most = Math.max(words.length > 0 ? countedAtMost.found : countedAtMost.all, offset + pageSize)
    const { products, counted } = await store.findProducts(database, words, {
      limit: pageSize,
      offset,
      count: most + 1,
    })
    return { products, page, total: Math.min(counted, most), andMore: counted > most }
  }
}
