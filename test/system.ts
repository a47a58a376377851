import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import getPort from 'get-port'
import { readConfig } from '../app/config.js'
import { closeDatabases, type Databases, openDatabases } from '../app/databases.js'
import { readRecords } from '../stack/replicas.js'
import { type Stack, startStack } from '../stack/stack.js'

/** The system under test: the real database, three replicas and nginx, empty at the start of each run. */
export let stack: Stack
export let databases: Databases
export const folder = resolve('.bodega/test')

/** Holds the point at which the next replica to get there dies: app/crash-points.ts. */
export const crashOrders = resolve(folder, 'crash/orders')

export async function mochaGlobalSetup() {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(dirname(crashOrders), { recursive: true })
  chmodSync(dirname(crashOrders), 0o777) // a replica that obeys renames the file, whoever it runs as
  stack = await startStack({
    folder,
    address: '127.0.0.1',
    port: await getPort(),
    say: () => {},
    environment: { CRASH_ORDERS: crashOrders },
  })
  databases = openDatabases(readConfig(stack.environment))
}

export async function mochaGlobalTeardown() {
  await closeDatabases(databases)
  await stack.stop()
}

/** The replicas' own addresses, past nginx. */
export function replicaAddresses(): string[] {
  return readRecords(folder).map(({ port }) => `http://127.0.0.1:${port}`)
}
