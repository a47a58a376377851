import type { Connection } from '../database/connection.js'
import type { Database } from '../database/database.js'
import type { Deadline } from '../database/deadline.js'
import { Taken } from '../errors.js'
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
  q: string
  page: number
  products: Product[]
  /** How many match; where `andMore`, there are more than this. */
  total: number
  /** How many pages can be asked for. */
  pages: number
  andMore: boolean
}

const pageSize = 20

/** Matches of a search are counted up to here, because that takes as long as there is to count. */
const countedAtMost = 200

/** The last page that can be asked for: what lies before a page is read, too. */
const lastPage = 5_000

/** @param secret see {@link createWrites} */
export function createCatalogue(database: Database, secret: string) {
  const writes = createWrites(database, secret)
  const inTurn = createTurns()
  const findProduct = database.lookUp(store.findProductsById)
  const readMark = database.share(store.readMark)
  const readNewest = database.share((connection) => readPage(connection, 1))
  /** The page that everybody opens, kept until the catalogue changes. */
  let newest: { mark: number; list: CataloguePage } | undefined

  return {
    /** Adds a product and gives its number. @throws {Taken} when another product has its code */
    async add(user: User, draft: ProductDraft, write: Write): Promise<number> {
      try {
        return await writes.insertOnce(write, draft, store.productRow(draft, user.id), 'productId')
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
    browse(user: User, { q, page }: CatalogueQuery, deadline: Deadline): Promise<CataloguePage> {
      const words = wordsOf(q)
      if (words.length === 0) return page === 1 ? findNewest(deadline) : findPage(page, deadline)
      const search = (connection: Connection) => searchPageOrLast(connection, words, page)
      return inTurn(user.id, deadline, () => database.run(deadline, search))
    },

    categories(deadline: Deadline): Promise<string[]> {
      return database.run(deadline, store.findCategories)
    },
  }

  async function findNewest(deadline: Deadline): Promise<CataloguePage> {
    const mark = await readMark(deadline)
    if (newest?.mark === mark) return newest.list
    const list = await readNewest(deadline) // after the mark, so it has all that the mark stands for
    if (newest?.mark === mark) return newest.list // kept by another meanwhile
    newest = { mark, list }
    return list
  }

  function findPage(asked: number, deadline: Deadline): Promise<CataloguePage> {
    return database.run(deadline, async (connection) => {
      const found = asked <= lastPage ? await readPage(connection, asked) : undefined
      if (found && found.products.length > 0) return found
      return readPage(connection, pagesOf(await store.countProducts(connection)))
    })
  }
}

async function readPage(connection: Connection, page: number): Promise<CataloguePage> {
  const { products, total } = await store.findProducts(connection, { limit: pageSize, offset: (page - 1) * pageSize })
  return { q: '', page, products, total, pages: pagesOf(total), andMore: false }
}

async function searchPageOrLast(connection: Connection, words: string[], asked: number): Promise<CataloguePage> {
  const found = asked <= lastPage ? await searchPage(connection, words, asked) : undefined
  if (found && (found.products.length > 0 || asked === 1)) return found
  return searchPage(connection, words, pagesOf(await store.countFound(connection, words)))
}

async function searchPage(connection: Connection, words: string[], page: number): Promise<CataloguePage> {
  const offset = (page - 1) * pageSize
  const most = Math.max(countedAtMost, offset + pageSize)
  const { products, counted } = await store.searchProducts(connection, words, {
    limit: pageSize,
    offset,
    count: most + 1,
  })
  const total = Math.min(counted, most)
  return { q: words.join(' '), page, products, total, pages: pagesOf(total), andMore: counted > most }
}

function pagesOf(total: number): number {
  return Math.min(lastPage, Math.max(1, Math.ceil(total / pageSize)))
}
