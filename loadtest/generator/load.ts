import { setTimeout as sleep } from 'node:timers/promises'
import autocannon from 'autocannon'
import type { Visitor } from '../visitor.js'
import { Arrivals } from './arrivals.js'
import { Connection } from './connection.js'
import { type Figures, Recorder } from './recorder.js'
import { neverSent } from './tally.js'

export interface Load {
  baseUrl: string
  /** In seconds. */
  duration: number
  /** Requests a second; without it, as many as the connections can. */
  rate: number | undefined
  /** How long a request may take, in seconds. */
  timeout: number
  /** Told of each second that has passed. */
  tick: (second: number) => void
}

export interface LoadResult {
  figures: Figures
  /** By how much the generator was late at most, in milliseconds. */
  lag: number
}

/**
 * Lets each visitor go on a connection of their own. Requests that were sent in time are waited for after the end, so
 * that a stall in the last seconds is measured and not cut off.
 * @param replicas the names of the replicas that are known to run
 */
export async function applyLoad(load: Load, visitors: Visitor[], replicas: string[]): Promise<LoadResult> {
  const { baseUrl, duration, rate, timeout, tick } = load
  const start = performance.now()
  const recorder = new Recorder(start, duration)
  const arrivals = new Arrivals(start, duration, rate)
  const connections: Connection[] = []
  const ended = new Promise<void>((resolve, reject) => {
    const instance = autocannon(
      {
        url: baseUrl,
        connections: visitors.length,
        timeout,
        // Ended by stop() below, which autocannon hears once each sampling interval.
        duration: duration + 2 * timeout + 60,
        sampleInt: 100,
        setupClient: (client) => {
          const visitor = visitors[connections.length] as Visitor
          connections.push(new Connection(client, visitor, arrivals, recorder, timeout * 1000))
        },
      },
      (error) => (error ? reject(error) : resolve()),
    )
    passTime().then(() => instance.stop(), reject)
  })
  await ended
  return { figures: recorder.figures(replicas), lag: arrivals.lag }

  async function passTime() {
    for (let second = 1; second <= duration; second++) {
      await sleep(Math.max(0, start + second * 1000 - performance.now()))
      tick(second)
    }
    await until(() => arrivals.waiting === 0, timeout)
    for (const due of arrivals.stop()) {
      recorder.record({ step: 'never sent', due, at: performance.now(), error: neverSent })
    }
    // What is on its way is answered, or times out by itself.
    await until(() => connections.every(({ busy }) => !busy), timeout + 1)
  }
}

/** Waits until a check holds, but no longer than so many seconds. */
async function until(check: () => boolean, seconds: number) {
  const deadline = performance.now() + seconds * 1000
  while (!check() && performance.now() < deadline) await sleep(20)
}
