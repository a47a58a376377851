import knex, { type Knex } from 'knex'
import Mysql2Client from 'knex/lib/dialects/mysql2/index.js'
import type { DatabaseConfig } from '../config.js'

/** The limits of deadline.ts that hold for a connection, in milliseconds. */
const connectTimeout = 2_000
const lockTimeout = 3_000
const serverStatementTimeout = 4_000
const statementTimeout = 5_000
const poolIdleTimeout = 10_000
const serverIdleTimeout = 15_000

/** Opens a pool on one database; a connection is made when it is first needed, so this cannot fail. */
export function openPool(database: DatabaseConfig, size: number): Knex {
  return knex({
    // Of connections that were lost; the statements that they fail say the same.
    log: { warn() {} },
    // Else the message of every error has the statement with its values, and the log that message.
    compileSqlOnError: false,
    client: BoundedClient as unknown as typeof Knex.Client,
    connection: {
      ...database,
      charset: 'utf8mb4_unicode_520_ci',
      timezone: 'Z',
      connectTimeout,
      enableKeepAlive: true,
      keepAliveInitialDelay: 5_000,
    },
    pool: {
      // No connection is kept for longer than it is used: an idle one goes stale unseen when the server restarts.
      min: 0,
      max: size,
      idleTimeoutMillis: poolIdleTimeout,
      acquireTimeoutMillis: statementTimeout,
      createTimeoutMillis: connectTimeout + 1_000,
      afterCreate: (connection: Connection, done: (error: Error | null, connection: Connection) => void) => {
        bounded(connection, connectTimeout, connection.promise().query(sessionSettings)).then(
          () => done(null, connection),
          (error) => done(error, connection),
        )
      },
    },
  })
}

/**
 * READ COMMITTED, because a lost race for a unique key must be able to read the winner's row at once. The server ends
 * the session of a replica that hangs, with the locks it holds, and never that of one which works.
 * Each server reads the comments that are meant for it.
 */
const sessionSettings = `SET SESSION time_zone = '+00:00',
  innodb_lock_wait_timeout = ${lockTimeout / 1000},
  wait_timeout = ${serverIdleTimeout / 1000}
  /*M! , tx_isolation = 'READ-COMMITTED', max_statement_time = ${serverStatementTimeout / 1000} */
  /*!80000 , transaction_isolation = 'READ-COMMITTED', max_execution_time = ${serverStatementTimeout} */`

/** What this module needs of a connection of mysql2. */
interface Connection {
  stream: { destroy(): void }
  promise(): { query(sql: string): Promise<unknown> }
}

/** The client of knex, with a time limit on every statement, BEGIN and COMMIT among them, and on saying goodbye. */
class BoundedClient extends Mysql2Client {
  override _query(connection: Connection, query: unknown): Promise<unknown> {
    return bounded(connection, statementTimeout, super._query(connection, query))
  }

  override destroyRawConnection(connection: Connection): Promise<unknown> {
    return bounded(connection, connectTimeout, super.destroyRawConnection(connection))
  }

  /** Would cost every new connection a statement, and nothing here depends on the version. */
  override async checkVersion(): Promise<void> {}
}

/** Closes a connection that is silent for so long, which fails its statement as a lost connection does. */
async function bounded<T>(connection: Connection, ms: number, work: Promise<T>): Promise<T> {
  const timer = setTimeout(() => connection.stream.destroy(), ms)
  try {
    return await work
  } finally {
    clearTimeout(timer)
  }
}
