import type { Database } from '../database/database.js'
import { Deadline } from '../database/deadline.js'
import type { Log } from '../log.js'
import type { Stats } from './stats.js'
import { type Identity, insertHeartbeat, type State } from './store.js'

/** From one heartbeat to the next, in milliseconds. */
const interval = 1_000

/** How long one may take, in milliseconds: above the time limit of its statement. */
const timeout = 2_500

/**
 * Writes a heartbeat each second, one small statement on a connection that no request uses. A database that is away
 * costs heartbeats and nothing else; that it is away is logged once, and that it is back.
 */
export function startHeartbeats(database: Database, identity: Identity, stats: Stats, log: Log) {
  let state: State = 'starting'
  let failing = false
  let last = Promise.resolve()
  let waiting = false
  const timer = setInterval(beat, interval)
  beat()

  return {
    /** Reports a new state at once. */
    enter(next: Exclude<State, 'left'>) {
      state = next
      beat()
    },

    /** Writes the last heartbeat. */
    async leave() {
      clearInterval(timer)
      state = 'left'
      await last.then(write)
    },
  }

  /** One at a time, and one more in waiting at most: a slow database needs no second report of the same. */
  function beat() {
    if (waiting) return
    waiting = true
    last = last.then(() => {
      waiting = false
      return write()
    })
  }

  async function write() {
    const sample = stats.take()
    const uptimeMs = Math.round(process.uptime() * 1000)
    try {
      const beat = { ...identity, ...sample, state, uptimeMs }
      await Deadline.within(timeout, (deadline) =>
        database.run(deadline, (connection) => insertHeartbeat(connection, beat)),
      )
      stats.reported(sample)
      if (failing) log.info('heartbeats are written again')
      failing = false
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'heartbeats cannot be written')
      failing = true
    }
  }
}
