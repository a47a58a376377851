import knex, { type Knex } from 'knex'
import Mysql2Client from 'knex/lib/dialects/mysql2/index.js'
import type { DatabaseConfig } from '../config.js'
import { Connection, type Driver } from './connection.js'
import type { Deadline } from './deadline.js'

/** The limits of deadline.ts that hold for a connection, in milliseconds. */
const connectTimeout = 2_000
const lockTimeout = 3_000
const serverStatementTimeout = 4_000
const statementTimeout = 5_000
const poolIdleTimeout = 10_000
const serverIdleTimeout = 15_000

/** Opens a pool on one database; a connection is made when it is first needed, so this cannot fail. */
export function openPool(database: DatabaseConfig, size: number, timeout = statementTimeout) {
  const { client } = knex({
    // Of connections that were lost; the statements that they fail say the same.
    log: { warn() {} },
    client: PoolClient as unknown as typeof Knex.Client,
    connection: {
      ...database,
      charset: 'utf8mb4_unicode_520_ci',
      timezone: 'Z',
      connectTimeout,
      // For BEGIN and COMMIT; a prepared statement is a single one in any case.
      multipleStatements: true,
      enableKeepAlive: true,
      keepAliveInitialDelay: 5_000,
    },
    pool: {
      // No connection is kept for longer than it is used: an idle one goes stale unseen when the server restarts.
      min: 0,
      max: size,
      idleTimeoutMillis: poolIdleTimeout,
      acquireTimeoutMillis: statementTimeout,
      createTimeoutMillis: 2 * connectTimeout + 500,
      afterCreate: (driver: Driver, done: (error: Error | null, driver: Driver) => void) => {
        bounded(driver, driver.promise().query(sessionSettings)).then(
          () => done(null, driver),
          (error) => done(error, driver),
        )
      },
    },
  })

  return {
    /** Runs work with a connection of its own. */
    async with<T>(work: (connection: Connection) => Promise<T>, deadline?: Deadline): Promise<T> {
      const driver: Driver = await client.acquireConnection()
      try {
        return await work(new Connection(driver, timeout, deadline))
      } finally {
        client.releaseConnection(driver)
      }
    },

    /** Connections in use, idle, and the most there may be. */
    use: () => ({ used: client.pool.numUsed(), free: client.pool.numFree(), size: client.pool.max }),

    close: (): Promise<void> => client.destroy(),
  }
}

/**
 * READ COMMITTED, because a lost race for a unique key must be able to read the winner's row at once. The server ends
 * the session of a replica that hangs, with the locks it holds, and never that of one which works. No value is cut
 * to fit, and a backslash escapes, as the driver takes for granted. The rows of one INSERT are numbered one after the
 * other, so the server is to have one primary at a time.
 * Each server reads the comments that are meant for it.
 */
const sessionSettings = `SET SESSION time_zone = '+00:00',
  sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION',
  auto_increment_increment = 1,
  innodb_lock_wait_timeout = ${lockTimeout / 1000},
  wait_timeout = ${serverIdleTimeout / 1000}
  /*M! , tx_isolation = 'READ-COMMITTED', max_statement_time = ${serverStatementTimeout / 1000} */
  /*!80000 , transaction_isolation = 'READ-COMMITTED', max_execution_time = ${serverStatementTimeout} */`

/** The client of knex that keeps the connections. */
class PoolClient extends Mysql2Client {
  override destroyRawConnection(driver: Driver): Promise<unknown> {
    return bounded(driver, super.destroyRawConnection(driver))
  }

  /** Would cost every new connection a statement, and nothing here depends on the version. */
  override async checkVersion(): Promise<void> {}
}

/** Closes a connection that does not answer to a hello or a goodbye. */
async function bounded<T>(driver: Driver, answer: Promise<T>): Promise<T> {
  const timer = setTimeout(() => driver.stream.destroy(), connectTimeout)
  try {
    return await answer
  } finally {
    clearTimeout(timer)
  }
}
