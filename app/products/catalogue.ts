import type { Connection } from '../database/connection.js'
import type { Database } from '../database/database.js'
import type { Deadline } from '../database/deadline.js'
import type { User } from '../users/account.js'
import type { Write } from '../writes/write.js'
import { createWrites } from '../writes/writes.js'
import { type CatalogueQuery, type Product, type ProductDraft, wordsOf } from './product.js'
import { createTurns } from './search.js'
import * as store from './store.js'

/** What people do with the organisation's products. */
export type Catalogue = ReturnType<typeof createCatalogue>

/** A page of the catalogue; `page` is the one shown, which is the last where a later one was asked for. */
interface CataloguePage {
  products: Product[]
  page: number
  /** Of all that match; where `andMore`, there are more of them than this. */
  total: number
  andMore: boolean
}

export const pageSize = 20

/** How many are counted at most, of all and of those that a search finds: a count takes as long as there is to count. */
const countedAtMost = { all: 1_000, found: 200 }

/** The last page that can be asked for: what lies before a page is read, too. */
const lastPage = 5_000

/** @param secret see {@link createWrites} */
export function createCatalogue(database: Database, secret: string) {
  const writes = createWrites(database, secret)
  const inTurn = createTurns()
  const findProduct = database.lookUp(store.findProductsById)
  // The first page is read once for all concurrent requests.
  const findNewest = database.lookUp<'newest', CataloguePage>(async (connection, asked) => {
    const newest = await findPage(connection, [], 1)
    return asked.map(() => newest)
  })

  return {
    /** Adds a product and gives its number. @throws {Taken} when another product has its code */
    async add(user: User, draft: ProductDraft, write: Write): Promise<number> {
      const { productId } = await writes.once(write, draft, async (connection) => ({
        productId: await store.insertProduct(connection, draft, user.id),
      }))
      return productId
    },

    /** The product with this number, or undefined where there is none. */
    find(id: number, deadline: Deadline): Promise<Product | undefined> {
      return findProduct(id, deadline)
    },

    /** @throws {TooMany} when very many searches wait already */
    browse(user: User, { q, page }: CatalogueQuery, deadline: Deadline): Promise<CataloguePage> {
      const words = wordsOf(q)
      if (words.length === 0 && page === 1) return findNewest('newest', deadline)
      const read = () => database.run(deadline, (connection) => findPageOrLast(connection, words, page))
      return words.length > 0 ? inTurn(user.id, deadline, read) : read()
    },

    categories(deadline: Deadline): Promise<string[]> {
      return database.run(deadline, store.findCategories)
    },
  }
}

async function findPageOrLast(connection: Connection, words: string[], asked: number): Promise<CataloguePage> {
  const found = asked <= lastPage ? await findPage(connection, words, asked) : undefined
  if (found && (found.products.length > 0 || asked === 1)) return found
  const last = Math.ceil((await store.countProducts(connection, words)) / pageSize)
  return findPage(connection, words, Math.min(Math.max(1, last), lastPage))
}

async function findPage(connection: Connection, words: string[], page: number): Promise<CataloguePage> {
  const offset = (page - 1) * pageSize
  const most = Math.max(words.length > 0 ? countedAtMost.found : countedAtMost.all, offset + pageSize)
  const { products, counted } = await store.findProducts(connection, words, {
    limit: pageSize,
    offset,
    count: most + 1,
  })
  return { products, page, total: Math.min(counted, most), andMore: counted > most }
}
