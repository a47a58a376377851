import { waitUntil } from '../stack/processes.js'
import { type ReplicaRecord, readRecords, recordOf, stateOf } from '../stack/replicas.js'
import { folder, stack } from './system.js'

/** What the stack knows of a replica of the system under test at this moment. */
export function replicaNamed(name: string): ReplicaRecord {
  return recordOf(folder, name)
}

export function signal(name: string, what: NodeJS.Signals) {
  const { pid } = replicaNamed(name)
  if (pid === null) throw new Error(`${name} does not run`)
  process.kill(pid, what)
}

/** Stops a replica, and whatever the stack starts in its place, until the returned function is called. */
export function keepStopped(name: string): () => void {
  const stop = () => {
    const { pid } = replicaNamed(name)
    if (pid !== null) process.kill(pid, 'SIGSTOP')
  }
  stop()
  const timer = setInterval(stop, 20)
  return () => {
    clearInterval(timer)
    signal(name, 'SIGCONT')
  }
}

/** Waits until all replicas are ready and nginx asks each of them: it stays away for a second from one that failed. */
export async function allReady() {
  await waitUntil('the replicas are not all ready', 10, async () => {
    const states = await Promise.all(readRecords(folder).map(stateOf))
    return states.every((state) => state === 'ready')
  })
  await waitUntil('nginx does not ask all replicas', 10, async () => {
    const served = new Set<string | null>()
    for (const _ of stack.replicas) served.add((await fetch(stack.url)).headers.get('x-served-by'))
    return served.size === stack.replicas.length
  })
}
