import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { median } from 'd3-array'
import { progressOn } from '../progress.js'
import type { System, Systems } from './systems.js'
import { runWrk } from './wrk.js'

/** Times in milliseconds, CPU in microseconds a request. */
export interface PageCost {
  page: string
  rate: number
  timesBare: number
  p50: number
  p99: number
  cpu: Record<keyof System['pids'], number>
}

interface Load {
  rounds: number
  seconds: number
  connections: number
}

type Measurement = Omit<PageCost, 'page' | 'timesBare'>

/** Measures each page, the two systems in turn; the first round only warms them up. */
export async function measurePages(systems: Systems, load: Load): Promise<PageCost[]> {
  const say = progressOn(process.stderr)
  const costs: PageCost[] = []
  for (const page of systems.pages) {
    const own: Measurement[] = []
    const bare: Measurement[] = []
    for (let round = 0; round <= load.rounds; round++) {
      for (const [system, measured] of [
        [systems.bodega, own],
        [systems.bare, bare],
      ] as const) {
        await sleep(500) // for what is left of the last one
        const measurement = measureOnce(system, () => runWrk(system.url, page, systems.cookies, load))
        if (round > 0) measured.push(measurement)
      }
      if (round > 0) say(page.name, round, load.rounds)
    }
    const cost = medianOf(own)
    costs.push({ page: page.name, ...cost, timesBare: cost.rate / medianOf(bare).rate })
  }
  return costs
}

function measureOnce({ pids }: System, run: () => ReturnType<typeof runWrk>): Measurement {
  const before = eachOf(pids, cpuOf)
  const { requests, ...rest } = run()
  const used = eachOf(pids, (of, name) => (cpuOf(of) - before[name]) / requests)
  return { ...rest, cpu: used }
}

function medianOf(measurements: Measurement[]): Measurement {
  const of = (value: (measurement: Measurement) => number) => median(measurements, value) as number
  return {
    rate: of(({ rate }) => rate),
    p50: of(({ p50 }) => p50),
    p99: of(({ p99 }) => p99),
    cpu: {
      nginx: of(({ cpu }) => cpu.nginx),
      replicas: of(({ cpu }) => cpu.replicas),
      database: of(({ cpu }) => cpu.database),
    },
  }
}

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

/** What processes have used so far, in microseconds. */
function cpuOf(pids: number[]): number {
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

function eachOf(pids: System['pids'], value: (pids: number[], name: keyof System['pids']) => number) {
  return {
    nginx: value(pids.nginx, 'nginx'),
    replicas: value(pids.replicas, 'replicas'),
    database: value(pids.database, 'database'),
  }
}
