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

/** A page of the catalogue, with what finds it again; `page` is the one shown, which may be another than was asked for. */
interface CataloguePage extends CatalogueQuery {
  products: Product[]
  /** How many match; where `andMore`, there are more than this. */
  total: number
  /** How many pages there are; of a search, how many can be asked for. */
  pages: number
  andMore: boolean
}

const pageSize = 20

/** Matches of a search are counted up to here, because that takes as long as there is to count. */
const countedAtMost = 100

/** The last page that can be asked for by its number alone: what lies before it is read, too. */
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
    browse(user: User, query: CatalogueQuery, deadline: Deadline): Promise<CataloguePage> {
      const words = wordsOf(query.q)
      if (words.length === 0) return findPage(query, deadline)
      return inTurn(user.id, deadline, async () => {
        const { indexedTo } = await readState(deadline)
        return database.run(deadline, (connection) => searchPage(connection, words, { asked: query.page, indexedTo }))
      })
    },

    categories(deadline: Deadline): Promise<string[]> {
      return database.run(deadline, store.findCategories)
    },
  }

  async function findPage(query: CatalogueQuery, deadline: Deadline): Promise<CataloguePage> {
    const isLater = query.page > 1 || query.before !== undefined || query.after !== undefined
    const later = isLater ? await database.run(deadline, (connection) => readLater(connection, query)) : undefined
    return later ?? findNewest(deadline)
  }

  async function findNewest(deadline: Deadline): Promise<CataloguePage> {
    const { mark } = await readState(deadline)
    if (newest?.mark === mark) return newest.list
    const list = await readNewest(deadline) // after the mark, so it has all that the mark stands for
    if (newest?.mark === mark) return newest.list // kept by another meanwhile
    newest = { mark, list }
    return list
  }
}

/** A page other than the newest; undefined where that is what is to be shown. */
async function readLater(
  connection: Connection,
  { page, before, after }: CatalogueQuery,
): Promise<CataloguePage | undefined> {
  if (before !== undefined) return readOlder(connection, before, page)
  if (after !== undefined) return readNewer(connection, after, page)
  const found = await readPage(connection, Math.min(page, lastPage))
  return found.products.length > 0 ? found : readOldest(connection)
}

async function readOlder(connection: Connection, before: number, asked: number): Promise<CataloguePage | undefined> {
  const found = await store.findBeside(connection, 'older', before, pageSize)
  if (!found) return readOldest(connection)
  return found.newer ? { before, ...pageOf(found, asked) } : undefined
}

function readOldest(connection: Connection): Promise<CataloguePage | undefined> {
  return readNewer(connection, 0, 1)
}

async function readNewer(connection: Connection, after: number, asked: number): Promise<CataloguePage | undefined> {
  const found = await store.findBeside(connection, 'newer', after, pageSize)
  if (!found?.newer) return undefined
  // All pages are full but the last, so that each is the same from either end.
  const products = found.older ? found.products : found.products.slice(-(found.total % pageSize || pageSize))
  return { after, ...pageOf({ ...found, products }, asked) }
}

/** Gives a page, not the newest, a number that fits its neighbours: products may be added while a person leafs. */
function pageOf({ products, total, older }: store.Stretch, asked: number): CataloguePage {
  const counted = pagesIn(total)
  const page = Math.max(2, older ? Math.min(asked, counted - 1) : counted)
  return { q: '', page, products, total, pages: older ? Math.max(counted, page + 1) : page, andMore: false }
}

async function readPage(connection: Connection, page: number): Promise<CataloguePage> {
  const { products, total } = await store.findProducts(connection, { limit: pageSize, offset: (page - 1) * pageSize })
  return { q: '', page, products, total, pages: pagesIn(total), andMore: false }
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
  return Math.min(lastPage, pagesIn(total))
}

function pagesIn(total: number): number {
  return Math.max(1, Math.ceil(total / pageSize))
}
