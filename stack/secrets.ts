import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a secret once, 256 random bits, and keeps it in a file. A value that is given replaces what the file holds.
 * @param mode the file's permissions; each form of the system decides who else must read it
 */
export function keepSecret(file: string, given: string | undefined, mode: number): void {
  if (existsSync(file) && (!given || readFileSync(file, 'utf8') === given)) return
  mkdirSync(dirname(file), { recursive: true })
  // Renamed into place, so that a file is never there with half a secret.
  writeFileSync(`${file}.new`, given || randomBytes(32).toString('base64url'), { mode })
  renameSync(`${file}.new`, file)
}
