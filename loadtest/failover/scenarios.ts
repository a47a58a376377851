import { setTimeout as sleep } from 'node:timers/promises'
import { shuffle } from 'd3-array'
import { waitUntil } from '../../stack/processes.js'
import type { Cluster } from './cluster.js'
import { buildPrevious } from './previous-build.js'

/** Something that was done to the system; times in milliseconds, by performance.now(). */
export interface Fault {
  at: number
  label: string
  /** When its cause was taken away, where that is not at once. */
  until?: number
  /** When all that was hit served again. */
  recovered?: number
}

type Note = (label: string) => Fault

export interface Scenario {
  name: string
  /** In words, for the report. */
  about: string
  /** How often in a full run, and in a short one. */
  rounds: { full: number; short: number }
  /** Whether people keep their connections to nginx between requests; true by default. */
  keepAlive?: boolean
  /** Whether people only do what the version before this one knows, too. */
  withPrevious?: boolean
  /** What takes its time and is done before people come. */
  prepare?(): Promise<void>
  /** One round, which ends when the system is whole again. */
  round(cluster: Cluster, note: Note): Promise<void>
}

export const scenarios: Scenario[] = [
  {
    name: 'kill',
    about: 'SIGKILL of a random replica at a random moment',
    rounds: { full: 200, short: 4 },
    round: async (cluster, note) => end(cluster, note, (await shuffledReplicas(cluster)).slice(0, 1), 'SIGKILL'),
  },
  {
    name: 'drain',
    about: 'SIGTERM of a random replica: it leaves in order',
    rounds: { full: 20, short: 3 },
    round: async (cluster, note) => end(cluster, note, (await shuffledReplicas(cluster)).slice(0, 1), 'SIGTERM'),
  },
  {
    name: 'rolling',
    about: 'SIGTERM of all replicas one after the other, each when the one before is ready',
    rounds: { full: 20, short: 1 },
    async round(cluster, note) {
      for (const replica of await cluster.replicas()) await end(cluster, note, [replica], 'SIGTERM')
    },
  },
  {
    name: 'upgrade',
    about: 'back to the last version of another schema and then, with its migrations, to this one, replica by replica',
    rounds: { full: 5, short: 1 },
    withPrevious: true,
    prepare: async () => void buildPrevious(),
    async round(cluster, note) {
      for (const version of ['previous', 'current'] as const) {
        await cluster.deploy?.(version)
        for (const replica of await cluster.replicas()) await end(cluster, note, [replica], 'SIGTERM')
      }
    },
  },
  {
    name: 'all-but-one',
    about: 'SIGKILL of all replicas but one at once',
    rounds: { full: 20, short: 2 },
    round: async (cluster, note) => end(cluster, note, (await shuffledReplicas(cluster)).slice(1), 'SIGKILL'),
  },
  {
    name: 'hang',
    about: 'SIGSTOP of a random replica, for 12 s if nobody kills it',
    rounds: { full: 5, short: 1 },
    async round(cluster, note) {
      const [replica] = (await shuffledReplicas(cluster)) as [string]
      const fault = note(`${replica} hung`)
      await cluster.signal(replica, 'SIGSTOP')
      // Whoever supervises the replicas starts another one in its place; else it goes on by itself after a while.
      const goOn = setTimeout(() => cluster.signal(replica, 'SIGCONT'), 12_000)
      await recovery(cluster, fault, [replica])
      clearTimeout(goOn)
      // Whoever was sent to it last waits on; another one that hung before they are done would be a second fault.
      await sleep(readTimeout)
    },
  },
  {
    name: 'database',
    about: 'SIGKILL of the database’s server, which starts again and recovers',
    rounds: { full: 20, short: 2 },
    async round(cluster, note) {
      await sleep(Math.random() * 1_000)
      const fault = note('database killed')
      await cluster.signalDatabase('SIGKILL')
      await sleep(200)
      await recovery(cluster, fault, await cluster.replicas())
      await sleep(1_000)
    },
  },
  {
    name: 'database-hang',
    about: 'SIGSTOP of the database’s server for 10 s, then SIGCONT',
    rounds: { full: 5, short: 1 },
    async round(cluster, note) {
      const fault = note('database hung')
      await cluster.signalDatabase('SIGSTOP')
      await sleep(10_000)
      fault.until = performance.now()
      await cluster.signalDatabase('SIGCONT')
      await recovery(cluster, fault, await cluster.replicas())
      // Long enough to see that all is normal again.
      await sleep(6_000)
    },
  },
  {
    name: 'proxy-reload',
    about: 'nginx reads its configuration again',
    rounds: { full: 20, short: 3 },
    // nginx before 1.27.4 closes idle connections at a reload, and a client that sends at that very moment must send
    // again, as browsers do; these people may not, so each of their requests has a connection of its own.
    keepAlive: false,
    async round(cluster, note) {
      await sleep(Math.random() * 1_000)
      const fault = note('nginx reloaded')
      await cluster.reloadProxy()
      fault.recovered = performance.now()
      await sleep(1_000)
    },
  },
]

/** How long nginx waits for a replica's answer, in milliseconds: nginx/to-replicas.conf. */
const readTimeout = 10_000

/**
 * Between two faults, in milliseconds. A process that has just started takes several times as long for everything until
 * its code is compiled; without a pause the machine would only ever run such processes.
 */
const calm = 2_000

const endings = { SIGKILL: 'killed', SIGTERM: 'drained' }

async function end(cluster: Cluster, note: Note, replicas: string[], signal: keyof typeof endings) {
  await sleep(Math.random() * 500)
  const fault = note(`${[...replicas].sort().join(' and ')} ${endings[signal]}`)
  await Promise.all(replicas.map((replica) => cluster.signal(replica, signal)))
  // A replica that drains still says that it is ready for a moment.
  await sleep(100)
  await recovery(cluster, fault, replicas)
  await sleep(calm)
}

async function recovery(cluster: Cluster, fault: Fault, replicas: string[]) {
  await waitUntil(`${replicas.join(' and ')} did not come back`, 60, async () => {
    const ready = await Promise.all(replicas.map((replica) => cluster.isReady(replica)))
    return ready.every(Boolean)
  })
  fault.recovered = performance.now()
}

async function shuffledReplicas(cluster: Cluster): Promise<string[]> {
  return shuffle(await cluster.replicas())
}
