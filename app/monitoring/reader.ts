import type { Database } from '../database/database.js'
import { Deadline } from '../database/deadline.js'
import { DatabaseUnavailable, DeadlineExceeded } from '../errors.js'
import { findHeartbeats, type Heartbeat, history } from './store.js'

/** All heartbeats of the last 15 minutes, oldest first; `now` in milliseconds of the epoch, by the database's clock. */
export interface Reading {
  now: number
  beats: Heartbeat[]
}

/** How old a reading may be that is given again, and how far behind the newest row another may appear, in milliseconds. */
const maxAge = 450
const lateness = 5_000

/** How long one may take, in milliseconds: above the time limit of its statement. */
const timeout = 2_500

/**
 * Reads what the replicas write: one reading at a time and two a second, however many people look. After the first one
 * a reading brings only what is new.
 * The reading throws {@link DatabaseUnavailable}.
 */
export function createReader(database: Database): () => Promise<Reading> {
  let beats: Heartbeat[] = []
  let reading: Promise<Reading> | undefined
  let pending = false
  let begunAt = Number.NEGATIVE_INFINITY

  return () => {
    if (!reading || (!pending && performance.now() - begunAt > maxAge)) {
      begunAt = performance.now()
      pending = true
      reading = read()
    }
    return reading
  }

  async function read() {
    try {
      const newest = beats.at(-1)?.at
      const after = newest === undefined ? 0 : newest - lateness
      const found = await Deadline.within(timeout, (deadline) =>
        database.run(deadline, (connection) => findHeartbeats(connection, after)),
      )
      const oldest = found.now - history * 1000
      // Each row gets its time before it can be seen, so one may appear behind another that is later.
      beats = [...beats.filter(({ at }) => at > oldest && at <= after), ...found.beats]
      return { now: found.now, beats }
    } catch (error) {
      reading = undefined
      throw error instanceof DeadlineExceeded ? new DatabaseUnavailable('no heartbeats', { cause: error }) : error
    } finally {
      pending = false
    }
  }
}
