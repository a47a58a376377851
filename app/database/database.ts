import pLimit from 'p-limit'
import type { DatabaseConfig } from '../config.js'
import { DatabaseUnavailable, StatementTimeout } from '../errors.js'
import type { Connection } from './connection.js'
import type { Deadline } from './deadline.js'
import { gather } from './gather.js'
import { openPool } from './pool.js'
import { isStatementTimeout, isTransient } from './transient.js'

/** A database as the domain uses it. */
export type Database = ReturnType<typeof openDatabase>

export interface Databases {
  users: Database
  products: Database
}

/** Opens both databases; a connection is made when it is first needed, so this cannot fail. */
export function openDatabases(config: {
  users: DatabaseConfig
  products: DatabaseConfig
  poolSize: number
}): Databases {
  return {
    users: openDatabase(config.users, config.poolSize),
    products: openDatabase(config.products, config.poolSize),
  }
}

/**
 * @param connections how many at most
 * @param statementTimeout in milliseconds, where the usual one is too long
 */
export function openDatabase(config: DatabaseConfig, connections: number, statementTimeout?: number) {
  const pool = openPool(config, connections, statementTimeout)
  const slots = pLimit(connections)
  let peak = 0

  const database = {
    /**
     * Runs work with a connection, and runs it again from its start while it fails for a transient reason. The work must
     * be safe to run again, also after a COMMIT of unknown outcome.
     * @throws {DatabaseUnavailable} when that reason still stands at the deadline, the deadline's own reason when it
     * passes otherwise; else what the work throws
     */
    run<T>(deadline: Deadline, work: (connection: Connection) => Promise<T>): Promise<T> {
      return withRetry(deadline, () =>
        // Who waits here for a connection and is not waited for any more takes none.
        inSlot(() => {
          deadline.check()
          return pool.with(work, deadline)
        }),
      )
    },

    /**
     * Makes work that is done for all who ask for it at the same time at once: a look-up, or an INSERT.
     * @param work gives the values in the order of their keys; it must be safe to run again, as that of {@link run}
     * @param most keys at once
     * @returns the work for one key, which throws as {@link run} does
     */
    gathered<Key, Value>(work: (connection: Connection, keys: Key[]) => Promise<Value[]>, most = mostKeys) {
      const inBatches = gather(
        (asked: readonly Asked<Key>[]) =>
          inSlot(async () => {
            const waiting = asked.filter(({ deadline }) => !deadline.hasPassed)
            const keys = waiting.map(({ key }) => key)
            const values = keys.length > 0 ? await pool.with((connection) => work(connection, keys)) : []
            const found = new Map(waiting.map((each, index) => [each, values[index]]))
            return asked.map((each) => found.get(each) as Value)
          }),
        most,
      )
      return (key: Key, deadline: Deadline): Promise<Value> => {
        return withRetry(deadline, () => inBatches({ key, deadline }))
      }
    },

    /** Makes a reading that is one for all who ask at the same time; it begins after each of them asked. */
    share<Value>(read: (connection: Connection) => Promise<Value>) {
      const find = database.gathered<null, Value>(async (connection, asked) => {
        const value = await read(connection)
        return asked.map(() => value)
      })
      return (deadline: Deadline): Promise<Value> => find(null, deadline)
    },

    /** How the connections are used, and how much work waits for one. */
    use: () => ({ ...pool.use(), waiting: slots.pendingCount }),

    /** How many connections were in use at the same time, at most, since this was last asked. */
    takePeak(): number {
      const taken = peak
      peak = inUse()
      return taken
    },

    close: () => pool.close(),
  }
  return database

  function inSlot<T>(work: () => Promise<T>): Promise<T> {
    const done = slots(work)
    peak = Math.max(peak, inUse())
    return done
  }

  /** What was asked for in this turn of the event loop is still pending, though it has a connection. */
  function inUse(): number {
    return Math.min(connections, slots.activeCount + slots.pendingCount)
  }
}

/** A prepared statement takes 65,535 values. */
const mostKeys = 512

interface Asked<Key> {
  key: Key
  deadline: Deadline
}

async function withRetry<T>(deadline: Deadline, work: () => Promise<T>): Promise<T> {
  let last: unknown
  for (let attempt = 1; ; attempt++) {
    try {
      return await deadline.bound(work)
    } catch (error) {
      if (deadline.hasPassed) throw last ? new DatabaseUnavailable('a database did not answer', { cause: last }) : error
      if (isStatementTimeout(error)) throw new StatementTimeout('a statement took too long', { cause: error })
      if (!isTransient(error)) throw error
      last = error
      await deadline.pause(backoff(attempt)).catch(() => {})
    }
  }
}

/** Random, so that those who failed together do not come back together. In milliseconds. */
function backoff(attempt: number): number {
  return Math.random() * Math.min(500, 10 * 2 ** attempt)
}
