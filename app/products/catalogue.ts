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
export interface CataloguePage {
  q: string
  page: number
  products: Product[]
  /** How many match, on how many pages; where `andMore`, there are more than this. */
  total: number
  pages: number
  andMore: boolean
}

const pageSize = 20

/** How many finds of a search are counted at most, because that takes as long as there is to count. */
const countedAtMost = 200

/** The last page that can be asked for: what lies before a page is read, too. */
const lastPage = 5_000

/** @param secret see {@link createWrites} */
export function createCatalogue(database: Database, secret: string) {
  const writes = createWrites(database, secret)
  const inTurn = createTurns()
  const findProduct = database.lookUp(store.findProductsById)
  const readState = database.lookUp(forAll(store.readState))
  const readNewest = database.lookUp(
    forAll((connection) => store.findProducts(connection, { limit: pageSize, offset: 0 })),
  )
  /** The page that everybody opens, read again when the catalogue has changed. */
  let newest: { changes: number; list: CataloguePage } | undefined

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

  /** Reads the list after the state: where it has more than was counted, the next who asks reads it again. */
  async function findNewest(deadline: Deadline): Promise<CataloguePage> {
    const { changes, total } = await readState(undefined, deadline)
    if (newest?.changes === changes) return newest.list
    const list = pageOf({ ...everything, page: 1, products: await readNewest(undefined, deadline), total })
    newest = { changes, list }
    return list
  }

  async function findPage(asked: number, deadline: Deadline): Promise<CataloguePage> {
    const { total } = await readState(undefined, deadline)
    const page = Math.min(asked, pagesOf(total), lastPage)
    const offset = (page - 1) * pageSize
    const find = (connection: Connection) => store.findProducts(connection, { limit: pageSize, offset })
    return pageOf({ ...everything, page, products: await database.run(deadline, find), total })
  }
}

/** What is said of a list in which nothing is searched. */
const everything = { q: '', andMore: false }

/** One reading for all who ask at the same time. */
function forAll<Value>(read: (connection: Connection) => Promise<Value>) {
  return async (connection: Connection, asked: undefined[]): Promise<Value[]> => {
    const value = await read(connection)
    return asked.map(() => value)
  }
}

async function searchPageOrLast(connection: Connection, words: string[], asked: number): Promise<CataloguePage> {
  const found = asked <= lastPage ? await searchPage(connection, words, asked) : undefined
  if (found && (found.products.length > 0 || asked === 1)) return found
  const last = pagesOf(await store.countFound(connection, words))
  return searchPage(connection, words, Math.min(last, lastPage))
}

async function searchPage(connection: Connection, words: string[], page: number): Promise<CataloguePage> {
  const offset = (page - 1) * pageSize
  const most = Math.max(countedAtMost, offset + pageSize)
  const { products, counted } = await store.searchProducts(connection, words, {
    limit: pageSize,
    offset,
    count: most + 1,
  })
  return pageOf({ q: words.join(' '), page, products, total: Math.min(counted, most), andMore: counted > most })
}

function pageOf(list: Omit<CataloguePage, 'pages'>): CataloguePage {
  return { ...list, pages: pagesOf(list.total) }
}

function pagesOf(total: number): number {
  return Math.max(1, Math.ceil(total / pageSize))
}
