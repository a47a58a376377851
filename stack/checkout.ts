import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Account, asAccount } from './accounts.js'

/** The folder of this checkout. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** The build of now, by its own name: what runs from it never meets a file of the next one. */
export function currentBuild(): string {
  return realpathSync(join(root, 'dist'))
}

/**
 * The command that runs a program of a build.
 * @param account whose process it is where the stack is root's
 * @param options what Node is given
 * @param reads what the program reads besides the checkout
 */
export function nodeCommand(account: Account, build: string, options: string[], reads: string[] = []): string[] {
  const ofCheckout = ['node_modules', 'package.json', 'views', 'locales'].map((name) => join(root, name))
  const prefix = asAccount(account, [process.execPath, build, ...ofCheckout, ...reads])
  return [...prefix, process.execPath, ...options]
}
