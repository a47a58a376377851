import type { Connection as MysqlConnection, QueryError, ResultSetHeader } from 'mysql2'
import type { Deadline } from './deadline.js'

export type Value = string | number | Buffer | Date | null

/**
 * A statement that goes with others in one packet, for which the driver writes the values into the text: keys, numbers,
 * and what somebody typed as {@link typed}.
 */
export interface Statement {
  sql: string
  values: Value[]
}

/** What somebody typed, for `_utf8mb4 ?` in a {@link Statement}: its bytes, which the driver writes in hexadecimal. */
export function typed(text: string): Buffer {
  return Buffer.from(text)
}

/**
 * A statement that inserts rows.
 * @param into the table and its columns
 * @param placeholders of one row, in brackets
 */
export function insertInto(into: string, placeholders: string, rows: Value[][]): Statement {
  return { sql: `INSERT INTO ${into} VALUES ${rows.map(() => placeholders).join(', ')}`, values: rows.flat() }
}

/** A connection while some work has it. Every statement has a time limit, and none begins after the work's deadline. */
export class Connection {
  readonly #driver: Driver
  readonly #timeout: number
  readonly #deadline: Deadline | undefined
  #inTransaction = false

  /** @param timeout of a statement, in milliseconds */
  constructor(driver: Driver, timeout: number, deadline?: Deadline) {
    this.#driver = driver
    this.#timeout = timeout
    this.#deadline = deadline
  }

  /** The rows of a statement. Each connection prepares it once, so its text has no values and is one of few. */
  rows<Row>(sql: string, values: Value[] = []): Promise<Row[]> {
    return this.#prepared(sql, values)
  }

  /** The rows of a statement that is not prepared, for one that a server executes worse when it is. */
  async rowsUnprepared<Row>(sql: string): Promise<Row[]> {
    this.#deadline?.check()
    return this.#send(sql, (done) => this.#driver.query(sql, done))
  }

  async first<Row>(sql: string, values: Value[] = []): Promise<Row | undefined> {
    const [row] = await this.rows<Row>(sql, values)
    return row
  }

  /** The rows of a statement with `IN (?)`, each for a list of at least one value; a value may be in it more than once. */
  rowsIn<Row>(sql: string, values: (Value | Value[])[]): Promise<Row[]> {
    const all = values.map((value) => (Array.isArray(value) ? padded(value) : value))
    const lists = all.filter((value) => Array.isArray(value))
    const text = sql.replaceAll('IN (?)', () => `IN (?${',?'.repeat((lists.shift()?.length ?? 1) - 1)})`)
    return this.#prepared(text, all.flat())
  }

  /** Runs a statement that changes rows, prepared as those of {@link rows}. */
  change(sql: string, values: Value[] = []): Promise<ResultSetHeader> {
    return this.#prepared(sql, values)
  }

  /** Runs work that begins a transaction and commits it. It is rolled back when the work fails. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work()
      if (this.#inTransaction) throw new Error('the work did not commit its transaction')
      return result
    } catch (error) {
      // Closing the connection makes the server roll back, too.
      await this.#send('ROLLBACK', (done) => this.#driver.query('ROLLBACK', done)).catch(() => this.#driver.destroy())
      throw error
    }
  }

  /** Begins a transaction with a statement that changes rows, in one round trip. */
  async beginWith(statement: Statement): Promise<void> {
    this.#inTransaction = true
    await this.#together(begin, statement)
  }

  /** Commits a transaction after its last statements, which change rows, in one round trip. */
  async commitWith(...statements: Statement[]): Promise<void> {
    await this.#together(...statements, commit)
    this.#inTransaction = false
  }

  /** A whole transaction of statements that change rows, in one round trip. It is rolled back when one of them fails. */
  async transact(...statements: Statement[]): Promise<ResultSetHeader[]> {
    return this.transaction(async () => {
      const results = await this.#together(begin, ...statements, commit)
      return results.slice(1, -1)
    })
  }

  /**
   * Runs work that only one connection to this database may do at a time.
   * @returns undefined where another one does it
   */
  async exclusively<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
    const lock = await this.first<{ taken: number }>(`SELECT GET_LOCK(${lockName}, 0) AS taken`, [name])
    if (lock?.taken !== 1) return undefined
    try {
      return await work()
    } finally {
      // The deadline may have passed. Closing the connection releases the lock, too.
      const sql = `DO RELEASE_LOCK(${lockName})`
      await this.#send(sql, (done) => this.#driver.execute(sql, [name], done)).catch(() => this.#driver.destroy())
    }
  }

  /**
   * Runs work for which the server's clock stands still in this session, so that all its statements see one time, as
   * triggers do that choose by it what they lock.
   */
  async atOneTime<T>(work: () => Promise<T>): Promise<T> {
    await this.change('SET SESSION timestamp = ?', [Math.floor(Date.now() / 1000)])
    try {
      return await work()
    } finally {
      const sql = 'SET SESSION timestamp = DEFAULT'
      await this.#send(sql, (done) => this.#driver.query(sql, done)).catch(() => this.#driver.destroy())
    }
  }

  async #prepared<Result>(sql: string, values: Value[]): Promise<Result> {
    this.#deadline?.check()
    return this.#send(sql, (done) => this.#driver.execute(sql, values, done))
  }

  /** Sends statements in one packet; the server stops at the first that fails. */
  async #together(...statements: Statement[]): Promise<ResultSetHeader[]> {
    this.#deadline?.check()
    const sql = statements.map((each) => each.sql).join('; ')
    const values = statements.flatMap((each) => each.values)
    return this.#send(sql, (done) => this.#driver.query(sql, values, done))
  }

  /** A connection that is silent for too long is closed, which fails its statement as a lost connection does. */
  #send<Result>(sql: string, send: (done: Done) => unknown): Promise<Result> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#driver.stream.destroy(), this.#timeout)
      const done: Done = (error, result) => {
        clearTimeout(timer)
        if (error) reject(Object.assign(error, { statement: sql }))
        else resolve(result as Result)
      }
      try {
        send(done)
      } catch (error) {
        done(error as QueryError) // a value that no statement may have
      }
    })
  }
}

/** A list of which some are repeated, so that its length is a power of two and few texts are prepared. */
export function padded<T>(list: T[]): T[] {
  const length = 2 ** Math.ceil(Math.log2(list.length))
  return [...list, ...list.slice(0, length - list.length)]
}

/** Locks are the server's, which may have several databases like this one; their names have 64 characters at most. */
const lockName = "SHA2(CONCAT(DATABASE(), ' ', ?), 256)"

const begin: Statement = { sql: 'BEGIN', values: [] }
const commit: Statement = { sql: 'COMMIT', values: [] }

/** A connection of mysql2, whose types leave out its socket. */
export type Driver = MysqlConnection & { stream: { destroy(): void } }

type Done = (error: QueryError | null, result?: unknown) => void
