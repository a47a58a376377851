import type { Connection } from '../../database/connection.js'
import type { Database } from '../../database/database.js'
import { NotArchived, NotFound, Outdated } from '../../errors.js'
import type { User } from '../../users/account.js'
import type { Write } from '../../writes/write.js'
import { createWrites, type Work } from '../../writes/writes.js'
import { all, ofProduct, record } from '../audit.js'
import type { Product } from '../product.js'
import { insertChange, lockProduct } from '../store.js'
import * as store from './store.js'

/** What people do with products that are out of use. */
export type Archive = ReturnType<typeof createArchive>

/**
 * @param secret see {@link createWrites}
 * @param replica which the history says of each change
 */
export function createArchive(database: Database, secret: string, replica: string) {
  const writes = createWrites(database, secret)

  return {
    /**
     * Takes a product out of use; one that is out of it already stays so.
     * @throws {NotFound} when there is no such product
     */
    archive(user: User, id: number, write: Write): Promise<void> {
      return put(user, { id, archived: 1 }, write)
    },

    /** Puts a product back into use. @throws {NotFound} as `archive` does */
    restore(user: User, id: number, write: Write): Promise<void> {
      return put(user, { id, archived: 0 }, write)
    },

    /**
     * Deletes an archived product for good, and with it its movements and its history.
     * @param seen the version that the person saw, if that is known
     * @throws {NotArchived} when it is in use
     * @throws {Outdated} when there is another version
     * @throws {NotFound} when there is no such product
     */
    async delete(user: User, id: number, seen: number | undefined, write: Write): Promise<void> {
      const work: Work<object> = async (connection, withCommit) => {
        const product = await lock(connection, id)
        if (!product.archived) throw new NotArchived()
        if (seen !== undefined && seen !== product.version) throw new Outdated()
        const { name, code, description, category, units } = product
        const had = all({ name, code, description, category, units }, 'from')
        withCommit(
          ...store.deleteProduct(product),
          record(write, replica, ofProduct('productDeleted', user, product, had)),
        )
        return {}
      }
      await writes.once(write, { delete: id }, work)
    },
  }

  async function put(user: User, { id, archived }: Pick<Product, 'id' | 'archived'>, write: Write): Promise<void> {
    const work: Work<object> = async (connection, withCommit) => {
      const product = await lock(connection, id)
      if (product.archived === archived) return {}
      const next = { id, version: product.version + 1, archived }
      const changes = { archived: { from: product.archived, to: archived } }
      const action = archived ? 'productArchived' : 'productRestored'
      withCommit(
        store.updateArchived(next),
        insertChange(next, { changes, changedBy: user.id, replica }),
        record(write, replica, ofProduct(action, user, product)),
      )
      return {}
    }
    await writes.once(write, { id, archived }, work)
  }

  async function lock(connection: Connection, id: number): Promise<Product> {
    const product = await lockProduct(connection, id)
    if (!product) throw new NotFound()
    return product
  }
}
