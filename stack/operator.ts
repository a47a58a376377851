import { type Config, readConfig } from '../app/config.js'
import { type Databases, openDatabases } from '../app/database/database.js'
import { Deadline } from '../app/database/deadline.js'
import { stackFolder } from './checkout.js'
import { readStackRecord } from './record.js'

/**
 * Runs an operator's command on the system that runs here or, in a container, on the one that its environment names.
 * Ends the process where the command fails.
 */
export async function asOperator(
  command: (databases: Databases, config: Config, deadline: Deadline) => Promise<void>,
): Promise<void> {
  const settings = process.env.USERS_DATABASE_URL ? process.env : readStackRecord(stackFolder())?.settings
  if (!settings) fail('Bodega does not run here. Start it with: npm start')
  const config = readConfig(settings)
  const databases = openDatabases(config)
  try {
    await Deadline.within(10_000, (deadline) => command(databases, config, deadline))
  } catch (error) {
    fail((error as Error).message)
  } finally {
    await Promise.all([databases.users.close(), databases.products.close()])
  }
}

/** Says what is wrong and ends the process. */
export function fail(message: string, code = 1): never {
  console.error(message)
  process.exit(code)
}
