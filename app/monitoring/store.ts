import type { Connection } from '../database/connection.js'
import type { Sample } from './stats.js'

/** What a replica says of itself. */
export type State = 'starting' | 'ready' | 'draining' | 'left'

/** One run of a replica, from its start to its end. */
export interface Identity {
  replica: string
  run: string
  process: string
  version: string
}

interface NewHeartbeat extends Identity, Sample {
  state: State
  uptimeMs: number
}

/** `at` in milliseconds of the epoch, by the database's clock, which all replicas share. */
export interface Heartbeat extends NewHeartbeat {
  id: number
  at: number
}

/** How far back the heartbeats are read, and how long they are kept, in seconds. */
export const history = 15 * 60
const retention = history + 60

export async function insertHeartbeat(connection: Connection, heartbeat: NewHeartbeat): Promise<void> {
  await connection.change(
    `INSERT INTO heartbeats (${Object.values(columns)}, beat_at)
     VALUES (${names.map(() => '?')}, UTC_TIMESTAMP(3))`,
    names.map((name) => heartbeat[name]),
  )
}

/**
 * The heartbeats of the last 15 minutes, oldest first, and the database's time of now.
 * @param after only those after this moment, in milliseconds of the epoch
 */
export async function findHeartbeats(connection: Connection, after = 0): Promise<{ now: number; beats: Heartbeat[] }> {
  const rows = await connection.rows<Omit<Heartbeat, 'at'> & { beat_at: Date; now: Date }>(
    `SELECT id, beat_at, ${names.map((name) => `${columns[name]} AS ${name}`)}, UTC_TIMESTAMP(3) AS now
     FROM heartbeats
     WHERE beat_at > ? AND beat_at > UTC_TIMESTAMP(3) - INTERVAL ? SECOND
     ORDER BY beat_at, id`,
    [new Date(after), history],
  )
  const beats = rows.map(({ beat_at: at, now: _, ...row }) => ({ ...row, at: at.getTime() }))
  return { now: rows[0]?.now.getTime() ?? Date.now(), beats }
}

/** Asks for an answer and nothing else. */
export async function ping(connection: Connection): Promise<void> {
  await connection.rows('SELECT 1')
}

/** The names of the migrations that a database has. */
export async function findMigrations(connection: Connection): Promise<string[]> {
  const rows = await connection.rows<{ name: string }>('SELECT name FROM knex_migrations')
  return rows.map(({ name }) => name)
}

/** Deletes some of what is past its time. @returns how many rows */
export async function deleteOldHeartbeats(connection: Connection, most: number): Promise<number> {
  const { affectedRows } = await connection.change(
    'DELETE FROM heartbeats WHERE beat_at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND ORDER BY beat_at LIMIT ?',
    [retention, most],
  )
  return affectedRows
}

const columns = {
  replica: 'replica',
  run: 'life',
  process: 'process',
  version: 'version',
  state: 'state',
  uptimeMs: 'uptime_ms',
  spanMs: 'span_ms',
  requests: 'requests',
  errors: 'errors',
  p50Ms: 'p50_ms',
  p95Ms: 'p95_ms',
  p99Ms: 'p99_ms',
  inFlight: 'in_flight',
  lagMs: 'lag_ms',
  memoryBytes: 'memory_bytes',
  poolUsed: 'pool_used',
  poolSize: 'pool_size',
} as const satisfies Record<keyof NewHeartbeat, string>

const names = Object.keys(columns) as (keyof typeof columns)[]
