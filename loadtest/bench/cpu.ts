import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { waitUntil } from '../../stack/processes.js'
import type { System } from './bodega.js'

/** Longer than from one run to the next of the replicas' most frequent jobs, in milliseconds. */
const span = 12_000

/** How much of a core a process with nothing to do may use: replicas send heartbeats. */
const idle = 0.01

/** Waits until systems do nothing by themselves any more, such as to index what they were filled with. */
export async function untilIdle(systems: System[]): Promise<void> {
  const pids = systems.flatMap((system) => Object.values(system.pids).flat())
  await waitUntil('the systems are still busy', 900, async () => {
    const before = cpuOf(pids)
    await sleep(span)
    return (cpuOf(pids) - before) / 1000 < idle * span * pids.length
  })
}

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** What processes have used so far, in microseconds. */
export function cpuOf(pids: number[]): number {
  const ticks = pids.map((pid) => {
    // Behind the name, which may have anything in it.
    const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
      .slice(11, 13)
    return Number(user) + Number(system)
  })
  return (ticks.reduce((sum, each) => sum + each, 0) / ticksPerSecond) * 1e6
}
