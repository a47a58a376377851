import { resolve } from 'node:path'
import getPort from 'get-port'
import { deploy, stackFolder } from '../../stack/checkout.js'
import { migrate } from '../../stack/migrator.js'
import { readStackRecord, type StackRecord } from '../../stack/record.js'
import { startStack } from '../../stack/stack.js'
import type { Cluster, Version } from './cluster.js'
import { dockerCluster } from './docker-cluster.js'
import { localCluster } from './local-cluster.js'
import { buildPrevious, undoMigrations } from './previous-build.js'

/** A system to work on, and how to leave it. */
interface Found {
  cluster: Cluster
  stop(): Promise<void>
}

/** @throws {Error} where nothing runs at the address, or not from this checkout */
export async function findCluster({ docker, baseUrl }: { docker: boolean; baseUrl?: string }): Promise<Found> {
  if (!docker && !baseUrl) return startOwn()
  return { cluster: baseUrl ? runningCluster(baseUrl) : await dockerCluster(), stop: async () => {} }
}

/** Only what this checkout runs can be killed from here. */
function runningCluster(baseUrl: string): Cluster {
  const folder = stackFolder()
  const running = readStackRecord(folder)
  if (running?.url === baseUrl) return localCluster(folder, running)
  throw new Error(`This checkout runs no Bodega at ${baseUrl}: npm start`)
}

/** A system of its own, so that the people and products of these tests stay out of everybody else's. */
async function startOwn(): Promise<Found> {
  const folder = resolve('.bodega/failover/system')
  const say = (step: string) => console.log(`· ${step}`)
  deploy(folder, undefined)
  const stack = await startStack({ folder, address: '127.0.0.1', port: await getPort(), say })
  const record = readStackRecord(folder) as StackRecord
  const cluster = { ...localCluster(folder, record), deploy: deployIn(folder, record.settings) }
  return { cluster, stop: () => stack.stop() }
}

/** Only to a system of its own, because migrations are taken back, with what they hold. */
function deployIn(folder: string, settings: NodeJS.ProcessEnv) {
  return async (version: Version) => {
    if (version === 'previous') return deploy(folder, buildPrevious())
    await undoMigrations(settings, buildPrevious())
    await migrate(settings)
    deploy(folder, undefined)
  }
}
