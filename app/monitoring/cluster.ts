import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DatabaseConfig } from '../config.js'
import { type Databases, openDatabase } from '../database/database.js'
import type { Log } from '../log.js'
import { startHeartbeats } from './heartbeats.js'
import { createMetrics } from './metrics.js'
import { createReader } from './reader.js'
import { createStats } from './stats.js'
import { findProcess, findVersion } from './version.js'

/** In milliseconds: a database that hangs must not hold up the heartbeats for longer. */
const statementTimeout = 2_000

/** How long the last heartbeat may hold up a replica that leaves while the database is away, in milliseconds. */
const leaveTimeout = 500

/** This replica among the others: its stats, its heartbeats, and a reading of everybody's. */
export type Cluster = ReturnType<typeof joinCluster>

export function joinCluster({ replica, database, databases, log }: Membership) {
  // A connection for each, apart from those of requests: a slow reading must not make a living replica look silent.
  const [writing, reading] = [openDatabase(database, 1, statementTimeout), openDatabase(database, 1, statementTimeout)]
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
      const left = heartbeats.leave().then(() => Promise.all([writing.close(), reading.close()]))
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
