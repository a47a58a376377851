import type { Knex } from 'knex'
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

export interface NewHeartbeat extends Identity, Sample {
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

/** How long a statement may take, in milliseconds; a database that hangs must not hang the heartbeats for good. */
const queryTimeout = 2_000

export async function insertHeartbeat(database: Knex, heartbeat: NewHeartbeat): Promise<void> {
  const row = Object.fromEntries(Object.entries(columns).map(([name, column]) => [column, heartbeat[name as Column]]))
  await database('heartbeats')
    .insert({ ...row, beat_at: database.raw('UTC_TIMESTAMP(3)') })
    .timeout(queryTimeout)
}

/**
 * The heartbeats of the last 15 minutes, oldest first, and the database's time of now.
 * @param after only those after this moment, in milliseconds of the epoch
 */
export async function findHeartbeats(database: Knex, after = 0): Promise<{ now: number; beats: Heartbeat[] }> {
  const rows = await database('heartbeats')
    .where('beat_at', '>', new Date(after))
    .whereRaw('beat_at > UTC_TIMESTAMP(3) - INTERVAL ? SECOND', [history])
    .orderBy(['beat_at', 'id'])
    .select('id', 'beat_at', columns, database.raw('UTC_TIMESTAMP(3) AS now'))
    .timeout(queryTimeout)
  const beats = rows.map(({ beat_at: at, now: _, ...row }) => ({ ...row, at: at.getTime() }))
  return { now: rows[0]?.now.getTime() ?? Date.now(), beats }
}

/** Asks for an answer and nothing else. */
export async function ping(knex: Knex): Promise<void> {
  await knex.raw('SELECT 1')
}

/** The names of the migrations that a database has. */
export function findMigrations(knex: Knex): Promise<string[]> {
  return knex('knex_migrations').pluck('name')
}

/** Deletes some of what is past its time. @returns how many rows */
export function deleteOldHeartbeats(database: Knex, most: number): Promise<number> {
  return database('heartbeats')
    .whereRaw('beat_at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND', [retention])
    .orderBy('beat_at')
    .limit(most)
    .delete()
}

type Column = keyof typeof columns

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
