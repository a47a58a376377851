import type { ChildProcess } from 'node:child_process'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deployedBuild, nodeCommand, replicaProgram } from './checkout.js'
import { keepRunning, launch, type Service, startBehindOthers, waitUntil } from './processes.js'
import { killWhenSilent } from './watchdog.js'

/** A replica as the stack knows it; `startedAt` in milliseconds of the epoch. */
export interface ReplicaRecord {
  name: string
  pid: number | null
  port: number
  startedAt: number | null
}

type ReplicaState = 'ready' | 'not ready' | 'hung' | 'down'

interface Replicas {
  services: Service[]
  stop(): Promise<void>
}

/**
 * Starts the replicas and waits until each is ready; what is known of them stands in `folder`/replicas.json.
 * @param environment a replica's whole environment, but for its name and port
 * @param say called when a replica hung
 */
export async function startReplicas(
  folder: string,
  ports: number[],
  environment: NodeJS.ProcessEnv,
  say: (what: string) => void,
): Promise<Replicas> {
  const records: ReplicaRecord[] = ports.map((port, index) => {
    return { name: `app${index + 1}`, pid: null, port, startedAt: null }
  })
  const services = records.map((record) => {
    const changed = (running: ChildProcess | undefined) => {
      Object.assign(record, { pid: running?.pid ?? null, startedAt: running ? Date.now() : null })
      writeRecords(folder, records)
    }
    return keepRunning(() => launchReplica(folder, record, environment), changed)
  })
  const unwatch = services.map((service, index) => {
    const { name, port } = records[index] as ReplicaRecord
    return killWhenSilent(service, port, () => say(`${name} was silent for 2 s and is started again`))
  })
  const stop = async () => {
    for (const end of unwatch) end()
    await Promise.all(services.map((service) => service.stop('SIGTERM')))
  }
  try {
    await Promise.all(records.map((record) => isReady(folder, record)))
  } catch (error) {
    await stop()
    throw error
  }
  return { services, stop }
}

/** As in the Dockerfile: arenas of malloc for all threads, of which each would have its own and some 3 MB in it. */
export const allocation = { MALLOC_ARENA_MAX: '2' }

/** Starts a replica of the build that is deployed, on the loopback address only: what comes past nginx may not be believed. */
function launchReplica(folder: string, record: ReplicaRecord, environment: NodeJS.ProcessEnv): ChildProcess {
  const build = deployedBuild(folder)
  const command = nodeCommand('bodega', build, replicaProgram(build), [join(folder, 'secrets')])
  const replica = launch(command, logOf(folder, record), {
    env: {
      ...environment,
      ADDRESS: '127.0.0.1',
      PORT: String(record.port),
      REPLICA_NAME: record.name,
      ...allocation,
    },
  })
  void startBehindOthers(replica, async () => (await stateOf({ ...record, pid: replica.pid ?? null })) === 'ready')
  return replica
}

async function isReady(folder: string, record: ReplicaRecord) {
  await waitUntil(`${record.name} is not ready; see ${logOf(folder, record)}`, 30, async () => {
    return (await stateOf(record)) === 'ready'
  })
}

/** @throws where no stack ever ran in this folder */
export function readRecords(folder: string): ReplicaRecord[] {
  return JSON.parse(readFileSync(recordsFile(folder), 'utf8'))
}

/** What is known of one replica at this moment. @throws {Error} where there is none of that name */
export function recordOf(folder: string, name: string): ReplicaRecord {
  const record = readRecords(folder).find((each) => each.name === name)
  if (!record) throw new Error(`There is no replica ${name}.`)
  return record
}

/** Asks the replica itself, and waits for a second at most. */
export async function stateOf({ port, pid }: ReplicaRecord): Promise<ReplicaState> {
  if (pid === null) return 'down'
  try {
    const { ok } = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(1000) })
    return ok ? 'ready' : 'not ready'
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? 'hung' : 'down'
  }
}

function writeRecords(folder: string, records: ReplicaRecord[]) {
  const file = recordsFile(folder)
  writeFileSync(`${file}.new`, JSON.stringify(records, null, 2))
  renameSync(`${file}.new`, file)
}

function recordsFile(folder: string): string {
  return join(folder, 'replicas.json')
}

function logOf(folder: string, { name }: ReplicaRecord): string {
  return join(folder, 'logs', `${name}.log`)
}
