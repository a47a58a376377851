import { setTimeout as sleep } from 'node:timers/promises'

/**
 * When a request must have its answer. Aborted at that moment, or as soon as nobody waits for the answer any more.
 *
 * The time limits, in milliseconds, each below the one that waits for it:
 *
 *    2,000  a connection to a database              connectTimeout
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
export type Deadline = AbortSignal

/** How long a request may take, in milliseconds. */
export const requestTimeout = 8_000

/** Begins work and waits for it, but not past the deadline; the work itself goes on. @throws the deadline's reason */
export async function before<T>(deadline: Deadline, work: () => Promise<T>): Promise<T> {
  deadline.throwIfAborted()
  let onAbort: () => void = () => {}
  const over = new Promise<never>((_, reject) => {
    onAbort = () => reject(deadline.reason)
    deadline.addEventListener('abort', onAbort)
  })
  try {
    return await Promise.race([work(), over])
  } finally {
    deadline.removeEventListener('abort', onAbort)
  }
}

/** Waits so many milliseconds. @throws the deadline's reason when that comes first */
export function pause(deadline: Deadline, ms: number): Promise<void> {
  return before(deadline, () => sleep(ms))
}
