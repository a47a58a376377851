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

/** A heartbeat and a reading may run at once; requests have connections of their own, so neither waits for the other. */
const connections = 2

/** How long saying goodbye may hold up a replica that leaves while the database is away, in milliseconds. */
const goodbyePatience = 500

/** This replica among the others: what it counts of itself, tells them, and reads of all. */
export type Cluster = ReturnType<typeof joinCluster>

export function joinCluster({ replica, database, databases, log }: Membership) {
  const pool = openPool(database, connections)
  const stats = createStats(databases)
  const identity = { replica, run: randomBytes(8).toString('hex'), process: findProcess(), version: findVersion() }
  const heartbeats = startHeartbeats(pool, identity, stats, log)
  const leaving = new AbortController()

  return {
    stats,
    metrics: createMetrics(replica, databases),
    read: createReader(pool),
    /** Aborted when the replica begins to leave. */
    leaving: leaving.signal,

    listen() {
      heartbeats.become('ready')
    },

    drain() {
      heartbeats.become('draining')
      leaving.abort()
    },

    /** Says goodbye, so that the others do not take this replica for killed. */
    async leave() {
      const left = heartbeats.leave().then(() => pool.destroy())
      await Promise.race([left, sleep(goodbyePatience)])
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
