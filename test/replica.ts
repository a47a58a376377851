import { waitUntil } from '../stack/processes.js'
import { type ReplicaRecord, readRecords, stateOf } from '../stack/replicas.js'
import { folder } from './system.js'

/** What the stack knows of a replica of the system under test at this moment. */
export function replicaNamed(name: string): ReplicaRecord & { pid: number } {
  const record = readRecords(folder).find((each) => each.name === name)
  if (record?.pid == null) throw new Error(`${name} does not run`)
  return { ...record, pid: record.pid }
}

export function signal(name: string, what: NodeJS.Signals) {
  process.kill(replicaNamed(name).pid, what)
}

export async function allReady() {
  await waitUntil('the replicas are not all ready', 10, async () => {
    const states = await Promise.all(readRecords(folder).map(stateOf))
    return states.every((state) => state === 'ready')
  })
}
