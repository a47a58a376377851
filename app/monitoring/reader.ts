import type { Knex } from 'knex'
import { findHeartbeats, type Heartbeat, history } from './store.js'

/** All heartbeats of the last 15 minutes, oldest first; `now` in milliseconds of the epoch, by the database's clock. */
export interface Reading {
  now: number
  beats: Heartbeat[]
}

/** How long a reading serves everybody who asks, and how far behind the newest row another may appear, in milliseconds. */
const freshness = 900
const lateness = 5_000

/**
 * Reads what the replicas write. However many people look, a second has one reading, and after the first one a reading
 * brings only what is new.
 */
export function createReader(database: Knex): () => Promise<Reading> {
  let beats: Heartbeat[] = []
  let reading: Promise<Reading> | undefined
  let readAt = Number.NEGATIVE_INFINITY

  return () => {
    if (!reading || performance.now() - readAt > freshness) {
      readAt = performance.now()
      reading = read()
      reading.catch(() => {
        reading = undefined
      })
    }
    return reading
  }

  async function read() {
    const newest = beats.at(-1)?.at
    const after = newest === undefined ? 0 : newest - lateness
    const found = await findHeartbeats(database, after)
    const oldest = found.now - history * 1000
    // Each row gets its time before it can be seen, so one may appear behind another that is later.
    beats = [...beats.filter(({ at }) => at > oldest && at <= after), ...found.beats]
    return { now: found.now, beats }
  }
}
