import { type LogFn, type Logger, type LoggerOptions, pino } from 'pino'
import { framesOf } from './stack-frames.js'

/**
 * One JSON line an event, on standard output, each with the replica's name; never a password, cookie or token,
 * because nothing here logs a body or a header.
 */
export function createLog(level: string, replica: string) {
  const options: LoggerOptions = {
    level,
    base: { replica },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (name) => ({ level: name }) },
    serializers: { err: describeError },
    hooks: { logMethod },
  }
  return pino(options, openOutput())
}

/**
 * Standard output, which is non-blocking where it is a pipe. A line is written before the work goes on, so that a kill
 * loses none; to hand it to another thread would cost more than to write it. On a full disk, or into a pipe that nobody
 * reads, the replica goes on, and what it could not write waits; lines are lost once that is a megabyte.
 */
function openOutput() {
  const output = pino
    .destination({
      sync: true,
      minLength: 1, // in bytes; with none there is no periodic flush
      maxLength: 1024 * 1024,
      periodicFlush: 1_000, // in milliseconds
      retryEAGAIN: () => false, // a retry blocks
    })
    .on('error', () => {})
  // The rest of the stream is kept from pino, which would flush it after a fatal line, for as long as that fails.
  return { write: (line: string) => output.write(line) }
}

export type Log = ReturnType<typeof createLog>

/** pino would take the error's own message for the line's. */
function logMethod(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const [first, text] = args as unknown as [unknown, string?]
  const error = first instanceof Error ? first : (first as { err?: unknown }).err
  if (error instanceof Error && text === undefined) method.call(this, first, messageOf(error))
  else method.apply(this, args)
}

interface LoggedError extends Error {
  code?: string
  /** Of a statement that failed: its text, without values. */
  statement?: string
  sqlMessage?: string
}

function describeError(error: LoggedError): object {
  return {
    type: error.constructor.name,
    code: error.code,
    statement: error.statement,
    message: messageOf(error),
    stack: framesOf(error.stack ?? '', error.sqlMessage ?? error.message).join('\n'),
    ...(error.cause instanceof Error && { cause: describeError(error.cause) }),
  }
}

/** Without the values that a server quotes; statements come without theirs: database/connection.ts. */
function messageOf({ message, sqlMessage, code = '' }: LoggedError): string {
  if (sqlMessage === undefined) return message
  return quotesNames.has(code) ? sqlMessage : sqlMessage.replace(/'.*/s, "'…")
}

const quotesNames = new Set(['ER_NO_SUCH_TABLE', 'ER_BAD_FIELD_ERROR', 'ER_TABLEACCESS_DENIED_ERROR'])
