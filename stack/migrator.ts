import { join } from 'node:path'
import { setting, settingNames } from '../app/config.js'
import { currentBuild, nodeCommand } from './checkout.js'
import { run } from './processes.js'

/**
 * Brings both databases up to date by the current build. The migrator is handed its secrets as values: where root
 * starts it, it runs as the database's own account, which knows the administrator's password but may read no file here.
 * @throws {Error} with the last of its output when it fails
 */
export async function migrate(settings: NodeJS.ProcessEnv): Promise<void> {
  const build = currentBuild()
  const env = Object.fromEntries(settingNames.migrator.map((name) => [name, setting(name, settings)]))
  await run(nodeCommand('mysql', build, ['--enable-source-maps', join(build, 'db/migrate.js')]), { env })
}
