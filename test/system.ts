import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import getPort from 'get-port'
import type { Knex } from 'knex'
import { readConfig } from '../app/config.js'
import { openPool } from '../app/database/pool.js'
import { readRecords } from '../stack/replicas.js'
import { type Stack, startStack } from '../stack/stack.js'

/** The system under test: the real database, three replicas and nginx, empty at the start of each run. */
export let stack: Stack
export let databases: Record<'users' | 'products', Knex>
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
  const { users, products } = readConfig(stack.environment)
  databases = { users: openPool(users, 4), products: openPool(products, 4) }
}

export async function mochaGlobalTeardown() {
  await Promise.all([databases.users.destroy(), databases.products.destroy()])
  await stack.stop()
}

/** The replicas' own addresses, past nginx. */
export function replicaAddresses(): string[] {
  return readRecords(folder).map(({ port }) => `http://127.0.0.1:${port}`)
}
