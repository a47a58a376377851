import * as z from 'zod'
import type { Database } from '../../database/database.js'
import type { Deadline } from '../../database/deadline.js'
import { Invalid, NotEmpty, NotFound } from '../../errors.js'
import { parse } from '../../input/schemas.js'
import type { User } from '../../users/account.js'
import type { Write } from '../../writes/write.js'
import { createWrites, type Work } from '../../writes/writes.js'
import { ofAct, ofCategory, ofImport, record } from '../audit.js'
import { insertAct } from '../import/store.js'
import { categoryName } from '../product.js'
import * as store from './store.js'

/** What people do with categories themselves, rather than with a product's. */
export type Categories = ReturnType<typeof createCategories>

/** A category that is to get another name; or to become one with another category, where the person has seen that. */
export type Renaming = z.infer<typeof renaming>

/** @throws {Invalid} with a problem for each field that breaks the rules */
export function parseRenaming(values: unknown): Renaming {
  return parse(renaming, values)
}

/** The name of a category. @throws {Invalid} where it breaks the rules */
export function parseCategory(values: unknown): string {
  return parse(z.object({ category: categoryName }), values).category
}

const renaming = z.object({
  category: categoryName,
  to: categoryName,
  merge: categoryName.optional().catch(undefined),
})

/**
 * @param secret see {@link createWrites}
 * @param replica which the audit names
 */
export function createCategories(database: Database, secret: string, replica: string) {
  const writes = createWrites(database, secret)

  return {
    /** Some categories by name, those behind this one, and whether there are more. */
    async page(after: string, deadline: Deadline): Promise<{ categories: store.Category[]; more: boolean }> {
      const found = await database.run(deadline, (it) => store.findCategories(it, after, pageSize + 1))
      return { categories: found.slice(0, pageSize), more: found.length > pageSize }
    },

    /** The category of this name, whatever its case, or undefined where there is none. */
    find(name: string, deadline: Deadline): Promise<store.Category | undefined> {
      return database.run(deadline, (connection) => store.findCategory(connection, name))
    },

    /** Adds a category without products. @throws {Invalid} where there is one of this name */
    async add(user: User, category: string, write: Write): Promise<void> {
      const work: Work<object> = async (connection, withCommit) => {
        if (await store.findCategory(connection, category))
          throw new Invalid({ category: { message: 'problem.categoryThere' } })
        await store.insertCategory(connection, category)
        withCommit(record(write, replica, ofCategory('categoryAdded', user, category)))
        return {}
      }
      await writes.once(write, { category }, work)
    },

    /** Deletes a category that has no products. @throws {NotEmpty} where it has some, {NotFound} where there is none */
    async delete(user: User, category: string, write: Write): Promise<void> {
      const work: Work<object> = async (connection, withCommit) => {
        if (!(await store.findCategory(connection, category))) throw new NotFound()
        if (!(await store.deleteEmpty(connection, category))) throw new NotEmpty()
        withCommit(record(write, replica, ofCategory('categoryDeleted', user, category)))
        return {}
      }
      await writes.once(write, { category }, work)
    },

    /**
     * Has a category renamed, with all its products, by a job. @returns the number of the import that this is
     * @throws {Invalid} where there is a category of the new name, which the person has not seen
     * @throws {NotFound} where there is no such category
     */
    rename(user: User, { category, to, merge }: Renaming, write: Write): Promise<number> {
      return writes.once(write, { category, to, merge }, async (connection, withCommit) => {
        const from = await store.findCategory(connection, category)
        if (!from) throw new NotFound()
        const other = await store.findCategory(connection, to)
        const isMerged = other !== undefined && other.category !== from.category
        if (isMerged && merge !== other.category) throw new Invalid({ to: { message: 'problem.categoryToMerge' } })
        const act = {
          kind: 'rename',
          from: from.category,
          category: isMerged ? other.category : to,
          merge: isMerged,
        } as const
        const id = await insertAct(connection, act, user.id)
        withCommit(record(write, replica, ofImport('manyChangesAsked', user, id, '', ofAct(act))))
        return id
      })
    },
  }
}

/** Fewer than anybody wants to leaf through, more than most have. */
const pageSize = 200
