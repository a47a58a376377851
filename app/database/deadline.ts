import { setTimeout as sleep } from 'node:timers/promises'
import { DeadlineExceeded } from '../errors.js'

/**
 * When a request must have its answer. It has passed at that moment, or as soon as the answer is no longer awaited.
 * Not an AbortSignal: making one and listening to it took some 25 µs of a request.
 *
 * The time limits, in milliseconds, each below the one that waits for it:
 *
 *    2,000  a connection to a database              connectTimeout
 *    4,500  making one: connecting, and its settings createTimeoutMillis
 *    5,000  a connection, when all are in use       acquireTimeoutMillis
 *    3,000  a row's lock                            innodb_lock_wait_timeout
 *    4,000  a statement, ended by the server        max_statement_time; on MySQL only SELECT: max_execution_time
 *    5,000  a statement, when the server is silent  statementTimeout
 *    8,000  a request                               requestTimeout
 *   10,000  nginx, for the answer of one replica    proxy_read_timeout
 *   15,000  a connection without work, on the server, above the 10,000 of the pool     wait_timeout
 *
 * A replica that hangs is killed after some 2,000 (monitoring/watchdog.ts), so that nginx asks another one long before
 * its own limit.
 */
export class Deadline {
  readonly #waiting = new Set<(reason: Error) => void>()
  readonly #timer: NodeJS.Timeout
  #reason: Error | undefined

  /** @param ms from now on */
  constructor(ms: number) {
    this.#timer = setTimeout(() => this.pass('the request took too long'), ms)
  }

  /** Gives work that no request waits for so many milliseconds. */
  static async within<T>(ms: number, work: (deadline: Deadline) => Promise<T>): Promise<T> {
    const deadline = new Deadline(ms)
    try {
      return await work(deadline)
    } finally {
      deadline.clear()
    }
  }

  get hasPassed(): boolean {
    return this.#reason !== undefined
  }

  /** Lets it pass at once. */
  pass(why: string): void {
    this.clear()
    this.#reason ??= new DeadlineExceeded(why)
    for (const reject of this.#waiting) reject(this.#reason)
  }

  /** Once nothing depends on it any more. */
  clear(): void {
    clearTimeout(this.#timer)
  }

  /** @throws {DeadlineExceeded} when it has passed */
  check(): void {
    if (this.#reason) throw this.#reason
  }

  /** Begins work and waits for it, but no longer than this; the work itself goes on. @throws {DeadlineExceeded} */
  bound<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.check()
      this.#waiting.add(reject)
      const done = () => this.#waiting.delete(reject)
      work().then(
        (value) => {
          done()
          resolve(value)
        },
        (error) => {
          done()
          reject(error)
        },
      )
    })
  }

  /** Waits so many milliseconds. @throws {DeadlineExceeded} */
  pause(ms: number): Promise<void> {
    return this.bound(() => sleep(ms))
  }
}

/** How long a request may take, in milliseconds. */
export const requestTimeout = 8_000
