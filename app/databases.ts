import { setTimeout as sleep } from 'node:timers/promises'
import knex, { type Knex } from 'knex'
import type { DatabaseConfig } from './config.js'
import { DatabaseUnavailable } from './errors.js'

export interface Databases {
  users: Knex
  products: Knex
}

/** How long work is tried again while a database is away, in milliseconds; below nginx's read timeout of 10 s. */
const patience = 8_000

/** Opens a pool on each database; a connection is made when it is first needed, so this cannot fail. */
export function openDatabases(config: {
  users: DatabaseConfig
  products: DatabaseConfig
  poolSize: number
}): Databases {
  return { users: openPool(config.users, config.poolSize), products: openPool(config.products, config.poolSize) }
}

export async function closeDatabases(databases: Databases): Promise<void> {
  await Promise.all([databases.users.destroy(), databases.products.destroy()])
}

/** Asks both databases for an answer. @throws what the driver throws where one is away */
export async function pingDatabases(databases: Databases): Promise<void> {
  await Promise.all([databases.users.raw('SELECT 1'), databases.products.raw('SELECT 1')])
}

/** Opens a pool on one database; like the others, it makes a connection when it is first needed. */
export function openPool(database: DatabaseConfig, size: number): Knex {
  return knex({
    client: 'mysql2',
    connection: {
      ...database,
      charset: 'utf8mb4_unicode_520_ci',
      timezone: 'Z',
      connectTimeout: 2_000,
    },
    pool: {
      // No connection is kept for longer than it is used: an idle one goes stale unseen when the server restarts.
      min: 0,
      max: size,
      idleTimeoutMillis: 10_000,
      acquireTimeoutMillis: 5_000,
      afterCreate: (connection: RawConnection, done: (error: Error | null, connection: RawConnection) => void) => {
        prepareSession(connection).then(
          () => done(null, connection),
          (error) => done(error, connection),
        )
      },
    },
  })
}

interface RawConnection {
  promise(): { query(sql: string): Promise<unknown> }
}

/**
 * READ COMMITTED, because a lost race for a unique key must be able to read the winner's row at once.
 * wait_timeout above the pool's idle time, so that the server ends the session of a replica that hangs,
 * with the locks it holds, and never that of one which works.
 */
async function prepareSession(connection: RawConnection) {
  const session = connection.promise()
  await session.query(`SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = 3, wait_timeout = 15`)
  await session.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED')
}

/**
 * Runs work, and again from its start while it fails for a reason that passes: a deadlock, a lock not got in time,
 * a connection lost or refused. The work must bear being run again, also after a COMMIT of unknown outcome.
 * @throws {DatabaseUnavailable} when that reason still stands after 8 s; else what the work throws
 */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + patience
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (!isPassing(error)) throw error
      const pause = Math.random() * Math.min(25 * 2 ** attempt, 500)
      if (Date.now() + pause > deadline) throw new DatabaseUnavailable('gave up', { cause: error })
      await sleep(pause)
    }
  }
}

/** Thrown by work that {@link patiently} should run again from its start. */
export class TryAgain extends Error {}

const passing = new Set([
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_LOCK_NOWAIT',
  'ER_CHECKREAD',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
  'ER_READ_ONLY_MODE',
  'ER_SERVER_SHUTDOWN',
  'ER_CON_COUNT_ERROR',
  'ER_CONNECTION_KILLED',
  'ER_QUERY_INTERRUPTED',
  'ER_CLIENT_INTERACTION_TIMEOUT',
  'PROTOCOL_CONNECTION_LOST',
  'ECONNRESET',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

/** Whether a database error goes away by itself. The driver gives some of them no code, only a sentence. */
export function isPassing(error: unknown): boolean {
  if (error instanceof TryAgain) return true
  if (!(error instanceof Error)) return false
  if (passing.has((error as { code?: string }).code ?? '')) return true
  return error.name === 'KnexTimeoutError' || /closed state|connection (was )?(closed|lost|killed)/i.test(error.message)
}

/** Whether a statement failed because a row with this unique key exists. Both servers name the key in the message. */
export function isDuplicate(error: unknown, key: string): boolean {
  const { code, message } = error as { code?: string; message?: string }
  return code === 'ER_DUP_ENTRY' && new RegExp(`for key '([^']*\\.)?${key}'`).test(message ?? '')
}
