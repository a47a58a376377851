/** Thrown to have the work around it run again. */
export class TryAgain extends Error {}

/** Errors that go away by themselves: deadlocks, locks not got in time, connections lost or refused, servers changing. */
const transient = new Set([
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_LOCK_NOWAIT',
  'ER_AUTOINC_READ_FAILED',
  'ER_CHECKREAD',
  'ER_NEED_REPREPARE',
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

/** The driver gives some of them no code, only a sentence. */
const transientMessage = /closed state|connection (was )?(closed|lost|killed)|write after end|stream was destroyed/i

/** Whether a database error goes away by itself. */
export function isTransient(error: unknown): boolean {
  if (error instanceof TryAgain) return true
  if (!(error instanceof Error)) return false
  if (transient.has(codeOf(error))) return true
  if ('sqlMessage' in error) return false // the server's, which may quote what somebody typed
  return error.name === 'KnexTimeoutError' || transientMessage.test(error.message)
}

/** The last is that of a table's next number, which MariaDB locks while another inserts what it selects. */
const lockConflicts = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_AUTOINC_READ_FAILED'])

/** Whether a statement failed for another's lock; the transient ones else are the connection's or the server's. */
export function isLockConflict(error: unknown): boolean {
  return lockConflicts.has(codeOf(error))
}

/** ER_STATEMENT_TIMEOUT of MariaDB, for which the driver has no name, and ER_QUERY_TIMEOUT of MySQL. */
const statementTimeouts = new Set([1969, 3024])

/** Whether the server ended a statement because it took too long. */
export function isStatementTimeout(error: unknown): boolean {
  return statementTimeouts.has((error as { errno?: number }).errno ?? 0)
}

/** Whether a statement failed because a row with this unique key exists, or any. Both servers name the key in the message. */
export function isDuplicate(error: unknown, key?: string): boolean {
  if (codeOf(error) !== 'ER_DUP_ENTRY') return false
  const message = (error as Error).message ?? ''
  return key === undefined || message.endsWith(`'${key}'`) || message.endsWith(`.${key}'`)
}

function codeOf(error: unknown): string {
  return (error as { code?: string }).code ?? ''
}
