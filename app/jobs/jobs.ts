import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../log.js'

/** Something that a replica does on its own, periodically. Must be safe to run on several replicas at once. */
export interface Job {
  name: string
  /** From one run to the next, in milliseconds. */
  interval: number
  run(): Promise<void>
}

/** Runs each job soon and then at its interval, not at the same moment as the other replicas. */
export function startJobs(jobs: Job[], log: Log): { stop(): void } {
  const stopping = new AbortController()
  for (const job of jobs) repeat(job, stopping.signal, log).catch(() => {})
  return { stop: () => stopping.abort() }
}

async function repeat({ name, interval, run }: Job, signal: AbortSignal, log: Log): Promise<never> {
  for (let wait = Math.min(interval, 60_000); ; wait = interval) {
    await sleep(wait * (0.5 + Math.random() / 2), undefined, { signal, ref: false })
    await run().catch((error) => log.warn({ err: error, job: name }, 'a job failed'))
  }
}
