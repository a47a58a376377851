import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Log } from '../log.js'
import { build } from '../root.js'

/** How often the event loop shows that it turns, and how long it may stand still; in milliseconds. */
const interval = 250
const longestStandstill = 2_000

/** What the watching thread is given. */
export interface Watch {
  /** Counted up by the event loop. */
  turns: Int32Array
  interval: number
  longestStandstill: number
  replica: string
}

/**
 * Has a thread kill this process when its event loop has stood still for 2 s: a dead replica is replaced at once, and
 * what it was asked goes to another, while a hung one keeps people waiting until nginx gives up.
 */
export function killWhenHung(replica: string, log: Log): void {
  const turns = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const watch: Watch = { turns, interval, longestStandstill, replica }
  const file = fileURLToPath(new URL('app/monitoring/watchdog-worker.js', build))
  const watchdog = new Worker(file, { workerData: watch, env: {} })
  watchdog.on('error', (err) => log.error({ err }, 'the watchdog failed'))
  watchdog.unref()
  setInterval(() => Atomics.add(turns, 0, 1), interval).unref()
}
