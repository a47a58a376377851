import type { Connection } from '../database/connection.js'
import type { Database } from '../database/database.js'
import type { Deadline } from '../database/deadline.js'
import { Taken } from '../errors.js'
import type { User } from '../users/account.js'
import { createInsert } from '../writes/inserts.js'
import type { Write } from '../writes/write.js'
import { type CataloguePage, findLater, findNewest, search } from './pages.js'
import { type CatalogueQuery, type Product, type ProductDraft, wordsOf } from './product.js'
import { createTurns } from './search/turns.js'
import * as store from './store.js'

/** What people do with the organisation's products. */
export type Catalogue = ReturnType<typeof createCatalogue>

/** @param secret see {@link createInsert} */
export function createCatalogue(database: Database, secret: string) {
  const insert = createInsert(database, secret, store.insertProducts, 'productId')
  const inTurn = createTurns()
  const findProduct = database.batched(store.findProductsById)
  const readState = database.share(store.readState)
  const readNewest = database.share(findNewest)
  /** The page that everybody opens, kept until the catalogue changes. */
  let newest: { mark: number; list: CataloguePage } | undefined

  return {
    /** Adds a product and gives its number. @throws {Taken} when another product has its code */
    async add(user: User, draft: ProductDraft, write: Write): Promise<number> {
      try {
        return await insert(write, draft, { draft, createdBy: user.id })
      } catch (error) {
        if (!store.isCodeTaken(error)) throw error
        const find = (connection: Connection) => store.findByCode(connection, draft.code)
        throw new Taken('code', await database.run(write.deadline, find))
      }
    },

    /** The product with this number, or undefined where there is none. */
    find(id: number, deadline: Deadline): Promise<Product | undefined> {
      return findProduct(id, deadline)
    },

    /** @throws {TooMany} when very many searches wait already */
    browse(user: User, query: CatalogueQuery, deadline: Deadline): Promise<CataloguePage> {
      const words = wordsOf(query.q)
      if (words.length === 0) return findPage(query, deadline)
      return inTurn(user.id, deadline, async () => {
        const { indexedTo } = await readState(deadline)
        return database.run(deadline, (connection) => search(connection, words, { asked: query.page, indexedTo }))
      })
    },

    categories(deadline: Deadline): Promise<string[]> {
      return database.run(deadline, store.findCategories)
    },
  }

  async function findPage(query: CatalogueQuery, deadline: Deadline): Promise<CataloguePage> {
    const isLater = query.page > 1 || query.before !== undefined || query.after !== undefined
    const later = isLater ? await database.run(deadline, (connection) => findLater(connection, query)) : undefined
    return later ?? findKept(deadline)
  }

  async function findKept(deadline: Deadline): Promise<CataloguePage> {
    const { mark } = await readState(deadline)
    if (newest?.mark === mark) return newest.list
    const list = await readNewest(deadline) // after the mark, so it has all that the mark stands for
    if (newest?.mark === mark) return newest.list // kept by another meanwhile
    newest = { mark, list }
    return list
  }
}
