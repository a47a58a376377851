import type { Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Databases } from './database/database.js'
import type { Log } from './log.js'
import type { Cluster } from './monitoring/cluster.js'

/** What the process says about itself: once it drains, it takes no new request and ends its connections. */
export interface Lifecycle {
  draining: boolean
}

/**
 * After SIGTERM, in milliseconds: how long new requests are still answered, with "ask another replica", which is how
 * nginx learns of it in order; how long running ones may take to finish; and
 * closing the connections to the databases. Together below the 20 s of whoever sent it.
 */
const drainLinger = 500
const drainTimeout = 12_000
const closeTimeout = 2_000

interface Replica {
  lifecycle: Lifecycle
  cluster: Cluster
  databases: Databases
  log: Log
}

/** Leaves in order: finishes what runs, closes every connection, and says goodbye to the other replicas. */
export async function drain(server: Server, { lifecycle, cluster, databases, log }: Replica): Promise<void> {
  lifecycle.draining = true
  cluster.drain()
  log.info('draining')
  await sleep(drainLinger)
  const closed = new Promise((resolve) => server.close(resolve))
  const idle = setInterval(() => server.closeIdleConnections(), 100)
  await Promise.race([closed, sleep(drainTimeout)])
  clearInterval(idle)
  server.closeAllConnections()
  await cluster.leave()
  const released = Promise.all([databases.users.close(), databases.products.close()])
  await Promise.race([released, sleep(closeTimeout)])
  log.info('drained')
}
