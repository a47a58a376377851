import { readFileSync, renameSync } from 'node:fs'

/** The moments of a write at which the tests let a replica die. */
export const failpoints = [
  'before the claim',
  'after the claim',
  'before COMMIT',
  'COMMIT sent',
  'after COMMIT',
  'before the session is saved',
  'after the session is saved',
  'before the answer',
] as const

export type Failpoint = (typeof failpoints)[number]

let armed: string | undefined

/** Lets this process kill itself at the failpoint that a file names; whichever replica gets there first takes the file. */
export function armFailpoints(file: string | undefined): void {
  armed = file
}

/** Does nothing, unless a test armed this failpoint. */
export function reach(point: Failpoint): void {
  if (armed && isArmed(armed, point)) process.kill(process.pid, 'SIGKILL')
}

function isArmed(file: string, point: Failpoint): boolean {
  try {
    if (readFileSync(file, 'utf8') !== point) return false
    renameSync(file, `${file}.hit`)
    return true
  } catch {
    return false // nothing is armed, or another replica was hit
  }
}
