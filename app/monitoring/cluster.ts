import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DatabaseConfig } from '../config.js'
import type { Databases } from '../database/database.js'
import { openPool } from '../database/pool.js'
import type { Log } from '../log.js'
import { startHeartbeats } from './heartbeats.js'
import { createMetrics } from './metrics.js'
import { createReader } from './reader.js'
import { createStats } from './stats.js'
import { findProcess, findVersion } from './version.js'

/** How long the last heartbeat may hold up a replica that leaves while the database is away, in milliseconds. */
const leaveTimeout = 500

/** This replica among the others: its stats, its heartbeats, and a reading of everybody's. */
export type Cluster = ReturnType<typeof joinCluster>

export function joinCluster({ replica, database, databases, log }: Membership) {
  // A connection for each, apart from those of requests: a slow reading must not make a living replica look silent.
  const [writing, reading] = [openPool(database, 1), openPool(database, 1)]
  const stats = createStats(databases)
  const identity = { replica, run: randomBytes(8).toString('hex'), process: findProcess(), version: findVersion() }
  const heartbeats = startHeartbeats(writing, identity, stats, log)
  const leaving = new AbortController()

  return {
    stats,
    metrics: createMetrics(replica, databases),
    read: createReader(reading),
    /** Aborted when the replica begins to leave. */
    leaving: leaving.signal,

    listen() {
      heartbeats.enter('ready')
    },

    drain() {
      heartbeats.enter('draining')
      leaving.abort()
    },

    /** Writes the last heartbeat, so that the others do not take this replica for killed. */
    async leave() {
      const left = heartbeats.leave().then(() => Promise.all([writing.destroy(), reading.destroy()]))
      await Promise.race([left, sleep(leaveTimeout)])
    },
  }
}

interface Membership {
  replica: string
  /** Where the heartbeats are. */
  database: DatabaseConfig
  /** The pools that requests use. */
  databases: Databases
  log: Log
}
