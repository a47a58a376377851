import type { Connection, Statement } from '../database/connection.js'
import type { Database } from '../database/database.js'
import type { Deadline } from '../database/deadline.js'
import { Archived, NotFound, Outdated, type OwnerOfCode, Taken } from '../errors.js'
import type { User } from '../users/account.js'
import { insertAuditOfNumbers, type Origin } from '../writes/audit.js'
import { createInsert } from '../writes/inserts.js'
import type { Write } from '../writes/write.js'
import { createWrites, type Work } from '../writes/writes.js'
import { all, type Entry, ofProduct, record } from './audit.js'
import { type Category, findCategoriesInUse, findNames } from './categories/store.js'
import { type ChangeOfProduct, changesBetween, isOfFields } from './changes.js'
import { type CataloguePage, findPage } from './list/pages.js'
import { search } from './list/search.js'
import {
  type CatalogueQuery,
  contentsOf,
  isNarrowed,
  type Product,
  type ProductChange,
  type ProductDraft,
  type ProductFields,
  type ProductPatch,
  type ProductVersion,
  parseCatalogueQuery,
  parseCode,
  wordsOf,
} from './product.js'
import { searchTextOf } from './search/text.js'
import type { Turns } from './search/turns.js'
import { insertMovement } from './stock/store.js'
import type { CatalogueState } from './store.js'
import * as store from './store.js'

/** What people do with the organisation's products. */
export type Catalogue = ReturnType<typeof createCatalogue>

/**
 * @param secret see {@link createInsert}
 * @param replica which the history says of each change
 * @param inTurn of the searches, those of exports with them
 */
export function createCatalogue(database: Database, secret: string, replica: string, inTurn: Turns) {
  const writes = createWrites(database, secret)
  const insert = createInsert(database, secret, store.insertProducts, 'productId', (rows: NewProduct[]) =>
    insertAuditOfNumbers(rows, replica),
  )
  const findProduct = database.batched(store.findProductsById)
  const readState = database.share(store.readState)
  const readFirst = database.batched(async (connection, states: CatalogueState[]) => {
    const page = await findPage(connection, { query: everything, state: states.at(-1) as CatalogueState })
    return states.map(() => page)
  })
  const readCategories = database.share(findCategoriesInUse)
  const categoriesAt = keptByMark((_, deadline) => readCategories(deadline))
  /** The page that everybody opens. */
  const firstAt = keptByMark((state, deadline) => inCatalogue(readFirst(state, deadline), state, deadline))

  return {
    /** Adds a product and gives its number. @throws {Taken} when another product has its code */
    async add(user: User, draft: ProductDraft, write: Write): Promise<number> {
      return withOwnerOfCode(draft, write, () => insert(write, contentsOf(draft), added(user, draft, write)))
    },

    /**
     * Changes a product, of which the person saw this version. Other units than there are, as forms of the previous version
     * and programs give them, are those that were counted.
     * @returns whether anything was changed
     * @throws {Outdated} when its fields were changed since; or its units, where the change gives others
     * @throws {Archived} when it is archived
     * @throws {NotFound} when there is no such product
     * @throws {Taken} when another product has its code
     */
    async change(user: User, { id, version }: ProductVersion, change: ProductChange, write: Write): Promise<boolean> {
      const { units: counted, minimum, ...texts } = change
      const work: Work<boolean> = async (connection, withCommit) => {
        const product = await lockInUse(connection, id)
        const moves = counted !== undefined && counted !== product.units
        if (product.version !== version) {
          const later = await store.findChanges(connection, id, { since: version, most: mostLater })
          if (moves || later.length === mostLater || later.some(isOfFields)) throw new Outdated()
        }
        const fields = { ...texts, minimum: minimum ?? product.minimum }
        const statements = changing(product, fields, user, write)
        if (moves) {
          const count = { kind: 'count', balance: counted, reason: '', note: '', undoes: null } as const
          const moved = ofProduct('moved', user, product, { units: { from: product.units, to: counted } })
          statements.push(
            ...insertMovement(product, { ...count, movedBy: user.id, replica }),
            record(write, replica, moved),
          )
        }
        // Their triggers lock a row of the catalogue's state, for which those who add products wait.
        withCommit(...statements)
        return statements.length > 0
      }
      return withOwnerOfCode(change, write, () => writes.once(write, { id, version, draft: contentsOf(change) }, work))
    },

    /**
     * Changes what a program names of a product that has this very version.
     * @throws {Outdated} when it has another one
     * @throws {Archived}, {NotFound}, {Taken} as `change` does
     */
    async patch(user: User, { id, version }: ProductVersion, patch: ProductPatch, write: Write): Promise<void> {
      const work: Work<object> = async (connection, withCommit) => {
        const product = await lockInUse(connection, id)
        if (product.version !== version) throw new Outdated()
        withCommit(...changing(product, patched(product, patch), user, write))
        return {}
      }
      await withOwnerOfCode(patch, write, () => writes.once(write, { id, version, patch }, work))
    },

    /** What was changed of a product since a version, the latest first; at most so many changes. */
    changes(id: number, range: { since: number; most: number }, deadline: Deadline): Promise<ChangeOfProduct[]> {
      return database.run(deadline, (connection) => store.findChanges(connection, id, range))
    },

    /** The product that has a code, whatever its case, if one has. */
    async findOwner(code: unknown, deadline: Deadline): Promise<OwnerOfCode | undefined> {
      const asked = parseCode(code)
      return asked === undefined ? undefined : database.run(deadline, (it) => store.findByCode(it, asked))
    },

    /** The product with this number, or undefined where there is none. */
    find(id: number, deadline: Deadline): Promise<store.ProductFound | undefined> {
      return findProduct(id, deadline)
    },

    /** @throws {TooMany} when very many searches wait already */
    async browse(user: User, query: CatalogueQuery, deadline: Deadline): Promise<CatalogueList> {
      const state = await readState(deadline)
      if (isFirst(query)) return firstAt(state, deadline)
      const asked = { query, person: query.mine && user.id, state }
      const words = wordsOf(query.q)
      const find = () =>
        database.run(deadline, (connection) =>
          words.length > 0 ? search(connection, words, asked) : findPage(connection, asked),
        )
      return inCatalogue(words.length > 0 ? inTurn(user.id, deadline, find) : find(), state, deadline)
    },

    /** How many products have fewer units than they should. */
    async countLow(deadline: Deadline): Promise<number> {
      return (await readState(deadline)).low
    },

    categories(deadline: Deadline): Promise<string[]> {
      return database.run(deadline, findNames)
    },
  }

  /** @throws {NotFound}, {Archived} */
  async function lockInUse(connection: Connection, id: number): Promise<Product> {
    const product = await store.lockProduct(connection, id)
    if (!product) throw new NotFound()
    if (product.archived) throw new Archived()
    return product
  }

  /** The statements that give a product these fields, and remember which it had; none where it has them. */
  function changing(product: Product, fields: ProductFields, user: User, write: Write): Statement[] {
    const changes = changesBetween(product, fields)
    if (Object.keys(changes).length === 0) return []
    const next = { id: product.id, version: product.version + 1 }
    return [
      store.updateProduct(next, fields, searchTextOf(fields)),
      store.insertChange(next, { changes, changedBy: user.id, replica }),
      record(write, replica, ofProduct('productChanged', user, product, changes)),
    ]
  }

  /** Says of a code that is taken which product has it. */
  async function withOwnerOfCode<T>({ code }: ProductPatch, { deadline }: Write, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (code === undefined || !store.isCodeTaken(error)) throw error
      throw new Taken('code', await database.run(deadline, (connection) => store.findByCode(connection, code)))
    }
  }

  async function inCatalogue(
    reading: Promise<CataloguePage>,
    state: CatalogueState,
    deadline: Deadline,
  ): Promise<CatalogueList> {
    const [page, categories] = await Promise.all([reading, categoriesAt(state, deadline)])
    return { ...page, archivedProducts: state.archived, lowProducts: state.low, categories }
  }
}

/** A page of a list, with what there is to choose from in its place. */
export interface CatalogueList extends CataloguePage {
  categories: Category[]
  archivedProducts: number
  lowProducts: number
}

const everything = parseCatalogueQuery({})

/** Whether the first page of all products is asked for, as it is where nothing is chosen. */
function isFirst(query: CatalogueQuery): boolean {
  const { sort, size, page, before, after } = query
  return !isNarrowed(query) && !sort && size === everything.size && page === 1 && (before ?? after) === undefined
}

/** Keeps what was read until the catalogue changes. */
function keptByMark<T>(read: (state: CatalogueState, deadline: Deadline) => Promise<T>) {
  let kept: { mark: number; value: T } | undefined
  return async (state: CatalogueState, deadline: Deadline): Promise<T> => {
    if (kept?.mark === state.mark) return kept.value
    const value = await read(state, deadline) // after the mark, so it has all that the mark stands for
    if (kept?.mark === state.mark) return kept.value // kept by another meanwhile
    kept = { mark: state.mark, value }
    return value
  }
}

/** A product to be added, by whom, and by which request. */
interface NewProduct {
  draft: ProductDraft
  createdBy: number
  origin: Origin
  entry: Entry
}

function added(user: User, draft: ProductDraft, origin: Origin): NewProduct {
  const entry = ofProduct('productAdded', user, { id: undefined, name: draft.name }, all(draft, 'to'))
  return { draft, createdBy: user.id, origin, entry }
}

function patched(product: Product, patch: ProductPatch): ProductFields {
  const { name = product.name, code = product.code, description = product.description } = patch
  const { category = product.category, minimum = product.minimum } = patch
  return { name, code, description, category, minimum }
}

/** Changes that are looked at for one of the fields. */
const mostLater = 100
