import { pino } from 'pino'

/**
 * One JSON line an event, on standard output, each with the replica's name; never a password, cookie or token,
 * because nothing here logs a body or a header.
 */
export function createLog(level: string, replica: string) {
  return pino({
    level,
    base: { replica },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (name) => ({ level: name }) },
    serializers: { err: describeError },
  })
}

export type Log = ReturnType<typeof createLog>

/** Without the statement that a database error carries in its message, because the values stand in it. */
function describeError(error: Error & { code?: string; sqlMessage?: string }): object {
  const message = error.sqlMessage ?? error.message
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at '))
  return {
    type: error.name,
    code: error.code,
    message,
    stack: frames?.join('\n'),
    ...(error.cause instanceof Error && { cause: describeError(error.cause) }),
  }
}
