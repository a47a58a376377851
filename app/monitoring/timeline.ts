import type { Reading } from './reader.js'
import { runsOf } from './runs.js'
import { type Heartbeat, history } from './store.js'

/** A value for each second from `from` on, in seconds of the epoch; null where the replica was silent. */
export interface Timeline {
  from: number
  replicas: Record<string, { requests: (number | null)[]; p95: (number | null)[] }>
}

/** How long ago the newest second is that every living replica has reported, in seconds. */
const settled = 2

/** Heartbeats this far apart, in milliseconds, have no silence between them, only seconds that they do not meet. */
const neighbours = 2_500

/** The last seconds of all replicas, up to 15 minutes. */
export function timelineOf({ beats, now }: Reading, seconds = history): Timeline {
  const from = Math.floor(now / 1000) - settled - seconds + 1
  const replicas = [...runsOf(beats)].map(([replica, runs]) => {
    const requests: (number | null)[] = Array(seconds).fill(null)
    const p95 = [...requests]
    for (const run of runs) {
      for (const [index, beat] of run.beats.entries()) {
        const second = Math.floor(beat.at / 1000) - from
        for (let each = Math.max(0, firstSecond(run.beats[index - 1], beat) - from); each <= second; each++) {
          if (each >= seconds) break
          requests[each] = rateOf(beat)
          p95[each] = beat.p95Ms
        }
      }
    }
    return [replica, { requests, p95 }]
  })
  return { from, replicas: Object.fromEntries(replicas) }
}

/** Requests a second. A heartbeat out of turn, at a change of state, has counted for too short a time to multiply by. */
export function rateOf({ requests, spanMs }: Heartbeat): number {
  return Math.round((requests * 10_000) / Math.max(spanMs, 500)) / 10
}

function firstSecond(before: Heartbeat | undefined, beat: Heartbeat): number {
  return before && beat.at - before.at < neighbours ? Math.floor(before.at / 1000) + 1 : Math.floor(beat.at / 1000)
}
