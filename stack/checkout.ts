import { existsSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Account, asAccount } from './accounts.js'

/** The folder of this checkout. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** Where a stack keeps all that it writes: `npm start`'s, and whoever looks for it there. */
export function stackFolder(): string {
  return resolve(process.env.BODEGA_FOLDER ?? '.bodega')
}

/** The build of now, by its own name: what runs from it never meets a file of the next one. */
export function currentBuild(): string {
  return realpathSync(join(root, 'dist'))
}

/** The build that a stack's replicas are started from: this checkout's, or another one's that was deployed there. */
export function deployedBuild(folder: string): string {
  return existsSync(linkIn(folder)) ? realpathSync(linkIn(folder)) : currentBuild()
}

/** Has a stack's replicas be of another checkout's build, or of this one's again, from the next start of each. */
export function deploy(folder: string, build: string | undefined): void {
  rmSync(linkIn(folder), { force: true })
  if (build) symlinkSync(build, linkIn(folder))
}

function linkIn(folder: string): string {
  return join(folder, 'build')
}

/** What Node is given to run a replica of a build: the options for which that was compiled beforehand, and the program. */
export function replicaProgram(build: string): string[] {
  const file = join(build, 'replica/server.cjs.options.json')
  const options = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [] // an older version's build has none
  return [...options, join(build, 'app/replica.js')]
}

/**
 * The command that runs a program of a build.
 * @param account whose process it is where the stack is root's
 * @param options what Node is given
 * @param reads what the program reads besides the checkout
 */
export function nodeCommand(account: Account, build: string, options: string[], reads: string[] = []): string[] {
  const ofCheckout = ['node_modules', 'package.json'].map((name) => join(dirname(build), name))
  const prefix = asAccount(account, [process.execPath, build, ...ofCheckout, ...reads])
  return [...prefix, process.execPath, ...options]
}
