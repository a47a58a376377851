import { pino } from 'pino'

/**
 * One JSON line an event, on standard output, each with the replica's name; never a password, cookie or token,
 * because nothing here logs a body or a header.
 */
export function createLog(level: string, replica: string) {
  return pino({ level, base: { replica }, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: levelName } })
}

export type Log = ReturnType<typeof createLog>

function levelName(level: string) {
  return { level }
}
