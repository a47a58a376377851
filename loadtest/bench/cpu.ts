import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

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
