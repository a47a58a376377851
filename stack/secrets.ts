import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { letRead } from './accounts.js'

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

const secretNames = ['app_secret', 'master_key', 'users_password', 'products_password', 'admin_password'] as const
type SecretFiles = Record<(typeof secretNames)[number], string>

/** The local form's secrets; the replicas may read all but the administrator's, and nobody else any. */
export function makeSecrets(folder: string): SecretFiles {
  const secrets = join(folder, 'secrets')
  mkdirSync(secrets, { recursive: true })
  letRead(secrets, 'bodega')
  const files = Object.fromEntries(secretNames.map((name) => [name, join(secrets, name)])) as SecretFiles
  for (const [name, file] of Object.entries(files)) {
    keepSecret(file, undefined, 0o600)
    if (name !== 'admin_password') letRead(file, 'bodega')
  }
  return files
}
