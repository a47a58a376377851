import type { Connection } from '../../database/connection.js'
import type { Database } from '../../database/database.js'
import type { Deadline } from '../../database/deadline.js'
import { AlreadyUndone, Archived, CountedSince, NotFound, Outdated } from '../../errors.js'
import type { User } from '../../users/account.js'
import type { Write } from '../../writes/write.js'
import { createWrites, type Work } from '../../writes/writes.js'
import { all, ofProduct, record } from '../audit.js'
import {
  type Balance,
  balanceAfter,
  type JournalQuery,
  type Movement,
  type MovementDraft,
  undoing,
} from './movement.js'
import * as store from './store.js'
import { createTurns } from './turns.js'

/** What people do with the stock of products. */
export type StockKeeping = ReturnType<typeof createStockKeeping>

/** The number of a movement among those of its product. */
interface Moved {
  productId: number
  number: number
}

/**
 * @param secret see {@link createWrites}
 * @param replica which the journal says of each movement
 */
export function createStockKeeping(database: Database, secret: string, replica: string) {
  const writes = createWrites(database, secret)
  const inTurn = createTurns()

  return {
    /**
     * Moves units of a product.
     * @param seen how many movements the product had when the person looked, if that is known
     * @throws {Outdated} when it has had others since and this is a count, which would undo them unseen
     * @throws {NotFound} when there is no such product
     * @throws {Archived} when it is archived
     * @throws {Invalid} when fewer than none would be left, or more than a product can have
     */
    async move(
      user: User,
      { productId, seen }: { productId: number; seen: number | undefined },
      draft: MovementDraft,
      write: Write,
    ): Promise<Moved> {
      const { reason, note } = draft
      const move: Work<Moved> = async (connection, withCommit) => {
        const stock = await lockStock(connection, productId)
        if (draft.kind === 'count' && seen !== undefined && seen !== stock.movements) throw new Outdated()
        const balance = balanceAfter(draft, stock.units)
        const changes = { units: { from: stock.units, to: balance }, ...all({ reason, note }, 'to') }
        withCommit(
          ...store.insertMovement(stock, { ...draft, balance, undoes: null, movedBy: user.id, replica }),
          record(write, replica, ofProduct('moved', user, stock, changes)),
        )
        return { productId, number: stock.movements + 1 }
      }
      return inTurn(productId, write.deadline, () => writes.once(write, { productId, draft }, move))
    },

    /**
     * Undoes a movement, by another that goes the other way.
     * @throws {NotFound} when there is no such movement
     * @throws {AlreadyUndone} when it was undone before
     * @throws {CountedSince} when the units were counted after it
     * @throws {Archived}, {Invalid} as `move` does
     */
    async undo(user: User, id: number, write: Write): Promise<Moved> {
      const movement = await find(id, write.deadline)
      if (!movement) throw new NotFound()
      const undo: Work<Moved> = async (connection, withCommit) => {
        const stock = await lockStock(connection, movement.productId)
        if (await store.isUndone(connection, id)) throw new AlreadyUndone()
        if (await store.isCountedSince(connection, movement)) throw new CountedSince()
        const { reason, note } = movement
        const counter = { ...undoing(movement, stock.units), reason, note, undoes: id, movedBy: user.id, replica }
        const changes = { units: { from: stock.units, to: counter.balance } }
        withCommit(
          ...store.insertMovement(stock, counter),
          record(write, replica, ofProduct('movementUndone', user, stock, changes)),
        )
        return { productId: stock.id, number: stock.movements + 1 }
      }
      return inTurn(movement.productId, write.deadline, () => writes.once(write, { undo: id }, undo))
    },

    find,

    /** What the latest movements made of a product's units, at most so many, the last one first. */
    balances(productId: number, most: number, deadline: Deadline): Promise<Balance[]> {
      return database.run(deadline, (connection) => store.findBalances(connection, productId, most))
    },

    /** The latest movements that are asked for, and whether there are older ones. */
    async journal(query: JournalQuery, deadline: Deadline): Promise<{ entries: store.Entry[]; older: boolean }> {
      const found = await database.run(deadline, (connection) => store.findMovements(connection, query, pageSize + 1))
      return { entries: found.slice(0, pageSize), older: found.length > pageSize }
    },

    /** Who has moved something; at most 500 people. */
    people: database.share(store.findPeople),
  }

  function find(id: number, deadline: Deadline): Promise<Movement | undefined> {
    return database.run(deadline, (connection) => store.findMovement(connection, id))
  }

  async function lockStock(connection: Connection, productId: number): Promise<store.Stock> {
    const stock = await store.lockStock(connection, productId)
    if (!stock) throw new NotFound()
    if (stock.archived) throw new Archived()
    return stock
  }
}

const pageSize = 50
