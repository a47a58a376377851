import pLimit from 'p-limit'
import { Client } from '../client/client.js'
import { openLoop } from '../client/open-loop.js'
import { neverSent, type Outcome } from '../stats/outcome.js'
import type { Visitor } from './visitor.js'

export interface Load {
  baseUrl: string
  /** By performance.now(). */
  start: number
  /** In seconds. */
  duration: number
  /** How long a request may take, in seconds. */
  timeout: number
  record(outcome: Outcome): unknown
}

/**
 * Sends requests at a rate (a second), each from a visitor who waits for no answer. Where there is none, the request
 * waits for one, and its latency counts from when it was due.
 * @returns by how many milliseconds the generator itself was late at most
 */
export async function loadAtRate(rate: number, load: Load, visitors: Visitor[]): Promise<number> {
  const { baseUrl, duration, timeout, record } = load
  const client = new Client(baseUrl, { timeout: timeout * 1000, record })
  const free = [...visitors]
  const queue = pLimit({ concurrency: free.length, rejectOnClear: true })
  const lastCall = setTimeout(() => queue.clearQueue(), (duration + timeout) * 1000)
  const lag = await openLoop(
    rate,
    (calls) => calls < Math.round(rate * duration),
    (due) => queue(sendNext, due).catch((error) => giveUp(error, due)),
  )
  clearTimeout(lastCall)
  client.close()
  return lag

  async function sendNext(due: number) {
    const visitor = free.shift() as Visitor
    const { error, headers } = await client.send(visitor.nextStep(), visitor.browser, due)
    visitor.arrived(error, headers.location)
    free.push(visitor)
  }

  function giveUp(error: Error, due: number) {
    if (error.name !== 'AbortError') throw error
    record({ step: neverSent, write: false, due, ended: performance.now(), error: neverSent })
  }
}
