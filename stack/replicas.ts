import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keepRunning, launch, type Service, startBehindOthers, waitUntil } from './processes.js'

/** A replica as the stack knows it; `startedAt` in milliseconds of the epoch. */
export interface ReplicaRecord {
  name: string
  pid: number | null
  port: number
  startedAt: number | null
}

export type ReplicaState = 'ready' | 'not ready' | 'hung' | 'down'

/** Starts the replicas and waits until each is ready; what is known of them stands in `folder`/replicas.json. */
export async function startReplicas(
  root: string,
  folder: string,
  ports: number[],
  environment: NodeJS.ProcessEnv,
): Promise<Service[]> {
  const records: ReplicaRecord[] = ports.map((port, index) => {
    return { name: `app${index + 1}`, pid: null, port, startedAt: null }
  })
  const services: Service[] = []
  records.forEach((record, index) => {
    const start = () => {
      const replica = launch([process.execPath, join(root, 'dist/app/replica.js')], logOf(folder, record), {
        env: { ...environment, REPLICA_NAME: record.name, PORT: String(record.port) },
      })
      void startBehindOthers(replica, async () => (await stateOf({ ...record, pid: replica.pid ?? null })) === 'ready')
      return replica
    }
    services[index] = keepRunning(start, () => {
      // The first change comes while keepRunning has not yet returned.
      queueMicrotask(() => {
        const running = services[index]?.process
        Object.assign(record, { pid: running?.pid ?? null, startedAt: running ? Date.now() : null })
        writeRecords(folder, records)
      })
    })
  })
  await Promise.all(
    records.map((record) =>
      waitUntil(`${record.name} is not ready; see ${logOf(folder, record)}`, 30, async () => {
        return (await stateOf(record)) === 'ready'
      }),
    ),
  ).catch(async (error) => {
    await Promise.all(services.map((service) => service.stop('SIGTERM')))
    throw error
  })
  return services
}

/** @throws where no stack ever ran in this folder */
export function readRecords(folder: string): ReplicaRecord[] {
  return JSON.parse(readFileSync(recordsFile(folder), 'utf8'))
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
