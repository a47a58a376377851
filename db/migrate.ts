import { fileURLToPath } from 'node:url'
import knex, { type Knex } from 'knex'
import { type DatabaseConfig, readMigratorConfig } from '../app/config.js'
import { provision } from './provision.js'

/** How long the migrator waits for a server that is starting, and for another migrator, in seconds. */
const timeout = 120

const subjects = ['users', 'products'] as const
const config = readMigratorConfig(process.env)
for (const subject of subjects) {
  const { admin, account } = config[subject]
  await provision(admin, account, timeout)
  const applied = await migrate({ ...admin, database: account.database }, subject)
  console.log(`${account.database}: ${applied.length ? `applied ${applied.join(', ')}` : 'up to date'}`)
}

/**
 * Applies what is missing. A server lock, released with its connection, keeps other migrators out.
 * knex's own lock is a row, which stays behind when a migrator is killed; the holder of the server lock may clear it.
 */
async function migrate(database: DatabaseConfig, subject: (typeof subjects)[number]): Promise<string[]> {
  const directory = fileURLToPath(new URL(subject, import.meta.url))
  const lock = openConnection(database)
  const pool = openConnection(database)
  try {
    const [[{ granted }]] = await lock.raw('SELECT GET_LOCK(?, ?) AS granted', ['bodega migration', timeout])
    if (granted !== 1) throw new Error(`another migrator has held the lock for ${timeout} s`)
    // MySQL commits each DDL statement at once, so a transaction around it would promise what it cannot keep;
    // instead every migration can be run again from its start.
    // A database that a newer version has migrated is good for this one, too, because migrations only add.
    const options = {
      directory,
      loadExtensions: ['.js'],
      disableTransactions: true,
      disableMigrationsListValidation: true,
    }
    await pool.migrate.forceFreeMigrationsLock(options)
    const [, applied] = await pool.migrate.latest(options)
    return applied
  } finally {
    await Promise.all([pool.destroy(), lock.destroy()])
  }
}

function openConnection(connection: DatabaseConfig): Knex {
  return knex({ client: 'mysql2', connection: { ...connection, charset: 'utf8mb4' }, pool: { min: 1, max: 1 } })
}
