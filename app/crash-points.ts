import { readFileSync, renameSync } from 'node:fs'

/** The moments of a write at which the tests let a replica die. */
export const crashPoints = [
  'before the claim',
  'after the claim',
  'before COMMIT',
  'COMMIT sent',
  'after COMMIT',
  'before the session is saved',
  'after the session is saved',
  'before the answer',
] as const

export type CrashPoint = (typeof crashPoints)[number]

let orders: string | undefined

/** Lets this process kill itself at the point that a file names; whichever replica gets there first takes the file. */
export function obeyCrashOrders(file: string | undefined): void {
  orders = file
}

/** Does nothing, unless a test ordered the death of the process at this point. */
export function reach(point: CrashPoint): void {
  if (orders && isOrdered(orders, point)) process.kill(process.pid, 'SIGKILL')
}

function isOrdered(file: string, point: CrashPoint): boolean {
  try {
    if (readFileSync(file, 'utf8') !== point) return false
    renameSync(file, `${file}.obeyed`)
    return true
  } catch {
    return false // no order, or another replica obeyed it
  }
}
