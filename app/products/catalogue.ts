import type { Connection } from '../database/connection.js'
import type { Database } from '../database/database.js'
import type { Deadline } from '../database/deadline.js'
import { Taken } from '../errors.js'
import type { User } from '../users/account.js'
import type { Write } from '../writes/write.js'
import { createWrites } from '../writes/writes.js'
import { type CatalogueQuery, type Product, type ProductDraft, wordsOf } from './product.js'
import { findMatches } from './search/find.js'
import { readState as readCatalogueState } from './search/store.js'
import { fold } from './search/text.js'
import { createTurns } from './search/turns.js'
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
  const readState = database.share(readCatalogueState)
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
      return inTurn(user.id, deadline, async () => {
        const { indexedTo } = await readState(deadline)
        return database.run(deadline, (connection) => searchPage(connection, words, { asked: page, indexedTo }))
      })
    },

    categories(deadline: Deadline): Promise<string[]> {
      return database.run(deadline, store.findCategories)
    },
  }

  async function findNewest(deadline: Deadline): Promise<CataloguePage> {
    const { mark } = await readState(deadline)
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

async function searchPage(
  connection: Connection,
  words: string[],
  { asked, indexedTo }: { asked: number; indexedTo: number },
): Promise<CataloguePage> {
  const most = Math.max(countedAtMost, Math.min(asked, lastPage) * pageSize)
  const ids = await findMatches(connection, words.map(fold), { indexedTo, most: most + 1 })
  const total = Math.min(ids.length, most)
  const page = Math.min(asked, pagesOf(total))
  const shown = await store.findProductsById(connection, ids.slice((page - 1) * pageSize, page * pageSize))
  const products = shown.filter((product) => product !== undefined)
  return { q: words.join(' '), page, products, total, pages: pagesOf(total), andMore: ids.length > most }
}

function pagesOf(total: number): number {
  return Math.min(lastPage, Math.max(1, Math.ceil(total / pageSize)))
}
