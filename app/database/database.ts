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
     * Batches work, a look-up or an INSERT: calls that come at the same time are done by one run of it.
     * @param work gives the values in the order of their keys; it must be safe to run again, as that of {@link run}
     * @returns the work for one key, which throws as {@link run} does
     */
    batched<Key, Value>(
      work: (connection: Connection, keys: Key[]) => Promise<Value[]>,
      maxBatchSize = usualMaxBatchSize,
    ) {
      const inBatches = gather(doFor, maxBatchSize)
      return (key: Key, deadline: Deadline): Promise<Value> => {
        return withRetry(deadline, () => inBatches({ key, deadline }))
      }

      function doFor(asked: readonly Asked<Key>[]): Promise<Value[]> {
        return inSlot(async () => {
          const found =
            stillAwaited(asked).length > 0 ? await pool.with((connection) => find(connection, asked)) : noValues
          // Whose deadline has passed was told so, and never sees the value.
          return asked.map((each) => found.get(each) as Value)
        })
      }

      /** Of those who still wait when there is a connection. */
      async function find(connection: Connection, asked: readonly Asked<Key>[]): Promise<Map<Asked<Key>, Value>> {
        const awaited = stillAwaited(asked)
        if (awaited.length === 0) return noValues
        const values = await work(
          connection,
          awaited.map(({ key }) => key),
        )
        return new Map(awaited.map((each, index) => [each, values[index] as Value]))
      }
    },

    /** Makes a reading that is one for all who ask at the same time; it begins after each of them asked. */
    share<Value>(read: (connection: Connection) => Promise<Value>) {
      const find = database.batched<null, Value>(async (connection, asked) => {
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

/** A statement is prepared for each power of two up to this. */
const usualMaxBatchSize = 512

interface Asked<Key> {
  key: Key
  deadline: Deadline
}

function stillAwaited<Key>(asked: readonly Asked<Key>[]): Asked<Key>[] {
  return asked.filter(({ deadline }) => !deadline.hasPassed)
}

const noValues = new Map()

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
