import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import knex from 'knex'
import { readMigratorConfig } from '../../app/config.js'
import { root } from '../../stack/checkout.js'

/**
 * Builds the last commit of another schema, which is made once and kept.
 * @returns the folder of that build
 * @throws {Error} outside of a git checkout with its history
 */
export function buildPrevious(): string {
  const migrated = git('log', '-1', '--format=%H', '--', 'db/users', 'db/products')
  const commit = git('rev-parse', '--short', `${migrated}^`)
  const folder = resolve('.bodega/previous', commit)
  if (!existsSync(join(folder, 'dist/app/replica.js'))) {
    mkdirSync(folder, { recursive: true })
    execFileSync('sh', ['-c', 'git -C "$0" archive "$1" | tar -x', root, commit], { cwd: folder })
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: 'pipe' })
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: folder, stdio: 'pipe' })
  }
  return realpathSync(join(folder, 'dist'))
}

function git(...command: string[]): string {
  return execFileSync('git', command, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
}

/** Takes back what this version's migrations have added to what that build knows, newest first. */
export async function undoMigrations(settings: NodeJS.ProcessEnv, build: string): Promise<void> {
  for (const subject of ['users', 'products'] as const) {
    const { admin, account } = readMigratorConfig(settings)[subject]
    const database = knex({ client: 'mysql2', connection: { ...admin, database: account.database } })
    const directory = fileURLToPath(new URL(`../../db/${subject}`, import.meta.url))
    const known = new Set(migrationsIn(join(build, 'db', subject)))
    for (const name of migrationsIn(directory).reverse()) {
      if (!known.has(name))
        await database.migrate.down({ name, directory, loadExtensions: ['.js'], disableTransactions: true })
    }
    await database.destroy()
  }
}

function migrationsIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.js'))
    .sort()
}
