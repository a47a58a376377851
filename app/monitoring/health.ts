import { readdirSync } from 'node:fs'
import type { Database, Databases } from '../database/database.js'
import type { Deadline } from '../database/deadline.js'
import { build } from '../root.js'
import { findMigrations, ping } from './store.js'

/** Asks both databases for an answer. @throws what they fail with */
export async function pingDatabases({ users, products }: Databases, deadline: Deadline): Promise<void> {
  await Promise.all([users, products].map((database) => database.run(deadline, ping)))
}

/** Checks whether this replica can serve; gives the reason where it cannot. */
export function createReadiness(databases: Databases) {
  // Migrations only add, so what was complete once stays complete.
  let migrated = false

  return async function problem(deadline: Deadline): Promise<string | undefined> {
    try {
      if (migrated) await pingDatabases(databases, deadline)
      else migrated = await isMigrated(databases, deadline)
      return migrated ? undefined : 'a database has not the schema that this version needs'
    } catch {
      return 'a database does not answer'
    }
  }
}

async function isMigrated({ users, products }: Databases, deadline: Deadline): Promise<boolean> {
  const complete = await Promise.all([hasAll(users, 'users', deadline), hasAll(products, 'products', deadline)])
  return complete.every(Boolean)
}

async function hasAll(database: Database, subject: keyof Databases, deadline: Deadline): Promise<boolean> {
  const applied = new Set(await database.run(deadline, findMigrations))
  return migrationsOf(subject).every((name) => applied.has(name))
}

/** The migrations that this version came with. */
function migrationsOf(subject: keyof Databases): string[] {
  return readdirSync(new URL(`db/${subject}`, build)).filter((name) => name.endsWith('.js'))
}
