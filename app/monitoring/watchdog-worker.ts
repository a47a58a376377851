import { writeSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { workerData } from 'node:worker_threads'
import type { Watch } from './watchdog.js'

/** The thread that app/monitoring/watchdog.ts starts. */
const { turns, interval, longestStandstill, replica } = workerData as Watch
let seen = 0
let turnedAt = performance.now()
let lookedAt = turnedAt

setInterval(() => {
  const now = performance.now()
  // Where this thread stood still too, the whole process or the machine was stopped, and the loop gets its time anew.
  const stopped = now - lookedAt > 2 * interval
  lookedAt = now
  const count = Atomics.load(turns, 0)
  if (count !== seen || stopped) turnedAt = now
  seen = count
  if (now - turnedAt >= longestStandstill) kill()
}, interval)

/** The log's own stream belongs to the thread that hangs. */
function kill() {
  const entry = { level: 'fatal', time: new Date().toISOString(), replica, msg: 'the event loop stood still for 2 s' }
  try {
    writeSync(1, `${JSON.stringify(entry)}\n`)
  } finally {
    process.kill(process.pid, 'SIGKILL')
  }
}
