import type { PoolConnection, QueryError, ResultSetHeader } from 'mysql2'
import type { Deadline } from './deadline.js'

export type Value = string | number | Buffer | Date | null

/** A connection while some work has it. Every statement has a time limit and none begins after the work's deadline. */
export class Connection {
  readonly #driver: Driver
  readonly #timeout: number
  readonly #deadline: Deadline | undefined

  /** @param timeout of a statement, in milliseconds */
  constructor(driver: Driver, timeout: number, deadline?: Deadline) {
    this.#driver = driver
    this.#timeout = timeout
    this.#deadline = deadline
  }

  /** The rows of a statement. It is prepared once a connection, so its text has no values and is one of few. */
  rows<Row>(sql: string, values: Value[] = []): Promise<Row[]> {
    return this.#prepared(sql, values)
  }

  async first<Row>(sql: string, values: Value[] = []): Promise<Row | undefined> {
    const [row] = await this.rows<Row>(sql, values)
    return row
  }

  /** The rows of a statement with lists in it, each as long as it happens to be. It is not prepared. */
  rowsOfLists<Row>(sql: string, lists: Value[][]): Promise<Row[]> {
    this.#deadline?.check()
    return this.#unprepared(sql, lists)
  }

  /** Runs a statement that changes rows, prepared as those of {@link rows}. */
  change(sql: string, values: Value[] = []): Promise<ResultSetHeader> {
    return this.#prepared(sql, values)
  }

  /** Runs work that begins and commits a transaction; it is rolled back when the work fails. */
  async transaction<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      // Closing the connection makes the server roll back, too.
      await this.#unprepared('ROLLBACK').catch(() => this.#driver.destroy())
      throw error
    }
  }

  /** Begins a transaction with a statement that changes rows. They go together, as a round trip costs more than either. */
  async beginWith(sql: string, values: Value[]): Promise<void> {
    this.#deadline?.check()
    await this.#unprepared(`BEGIN; ${sql}`, values)
  }

  /** Commits a transaction after a last statement that changes rows, both in one round trip. */
  async commitWith(sql: string, values: Value[]): Promise<void> {
    this.#deadline?.check()
    await this.#unprepared(`${sql}; COMMIT`, values)
  }

  #prepared<Result>(sql: string, values: Value[]): Promise<Result> {
    this.#deadline?.check()
    return this.#send(sql, (done) => this.#driver.execute(sql, values, done))
  }

  /** The driver puts the values into the text, escaped. */
  #unprepared<Result>(sql: string, values: (Value | Value[])[] = []): Promise<Result> {
    return this.#send(sql, (done) => this.#driver.query(sql, values, done))
  }

  /** A connection that is silent for too long is closed, which fails its statement as a lost connection does. */
  #send<Result>(sql: string, send: (done: Done) => unknown): Promise<Result> {
    return new Promise((resolve, reject) => {
      send((error, result) => {
        clearTimeout(timer)
        if (error) reject(Object.assign(error, { statement: sql }))
        else resolve(result as Result)
      })
      // Not before: a value that the driver refuses throws, and nothing would clear it.
      const timer = setTimeout(() => this.#driver.stream.destroy(), this.#timeout)
    })
  }
}

/** A connection of mysql2, whose types leave out its socket. */
export type Driver = PoolConnection & { stream: { destroy(): void } }

type Done = (error: QueryError | null, result: unknown) => void
