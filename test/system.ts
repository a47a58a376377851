import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import getPort from 'get-port'
import knex, { type Knex } from 'knex'
import { type DatabaseConfig, readConfig } from '../app/config.js'
import type { Connection } from '../app/database/connection.js'
import { type Databases, openDatabases } from '../app/database/database.js'
import { Deadline } from '../app/database/deadline.js'
import { readRecords } from '../stack/replicas.js'
import { type Stack, startStack } from '../stack/stack.js'

/** The system under test: the real database, three replicas and nginx, empty at the start of each run. */
export let stack: Stack
export let databases: Record<'users' | 'products', Knex>
/** Both as a replica has them. */
export let stores: Databases
export const folder = resolve('.bodega/test')

/** Names the failpoint at which the next replica to get there dies: app/writes/failpoints.ts. */
export const failpointFile = resolve(folder, 'failpoint/armed')

export async function mochaGlobalSetup() {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(dirname(failpointFile), { recursive: true })
  chmodSync(dirname(failpointFile), 0o777) // a replica that is hit renames the file, whoever it runs as
  stack = await startStack({
    folder,
    address: '127.0.0.1',
    port: await getPort(),
    say: () => {},
    environment: { FAILPOINT_FILE: failpointFile },
  })
  const config = readConfig(stack.environment)
  databases = { users: openKnex(config.users), products: openKnex(config.products) }
  stores = openDatabases(config)
}

export async function mochaGlobalTeardown() {
  await Promise.all([databases.users.destroy(), databases.products.destroy()])
  await Promise.all([stores.users.close(), stores.products.close()])
  await stack.stop()
}

export function openKnex(database: DatabaseConfig): Knex {
  return knex({ client: 'mysql2', connection: { ...database, timezone: 'Z' }, pool: { min: 0, max: 4 } })
}

/** Calls a function of a store, with a connection as a replica gives it one. */
export function withStore<T>(name: keyof Databases, work: (connection: Connection) => Promise<T>): Promise<T> {
  return Deadline.within(10_000, (deadline) => stores[name].run(deadline, work))
}

/** The replicas' own addresses, past nginx. */
export function replicaAddresses(): string[] {
  return readRecords(folder).map(({ port }) => `http://127.0.0.1:${port}`)
}
