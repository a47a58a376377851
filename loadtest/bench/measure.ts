import { setTimeout as sleep } from 'node:timers/promises'
import { median } from 'd3-array'
import { progressOn } from '../progress.js'
import type { System } from './bodega.js'
import { cpuOf } from './cpu.js'
import type { Page } from './pages.js'
import { runWrk } from './wrk.js'

/** Times in milliseconds, CPU in microseconds a request. */
export interface Measurement {
  rate: number
  p50: number
  p95: number
  p99: number
  cpu: Record<keyof System['pids'], number>
}

export interface Load {
  rounds: number
  seconds: number
  connections: number
}

/** Measures a page of several systems, each in turn, and gives the median of each; the first round only warms them up. */
export async function measureInTurn(asked: { system: System; page: Page }[], load: Load): Promise<Measurement[]> {
  const say = progressOn(process.stderr)
  const measured = asked.map((): Measurement[] => [])
  for (let round = 0; round <= load.rounds; round++) {
    for (const [index, { system, page }] of asked.entries()) {
      await sleep(500) // for what is left of the last one
      const measurement = measureOnce(system, page, load)
      if (round > 0) measured[index]?.push(measurement)
    }
    if (round > 0) say(asked[0]?.page.name ?? '', round, load.rounds)
  }
  return measured.map(medianOf)
}

function measureOnce(system: System, page: Page, load: Load): Measurement {
  const before = eachOf(system.pids, cpuOf)
  const { requests, ...rest } = runWrk(system, page, load)
  const used = eachOf(system.pids, (of, name) => (cpuOf(of) - before[name]) / requests)
  return { ...rest, cpu: used }
}

function medianOf(measurements: Measurement[]): Measurement {
  const of = (value: (measurement: Measurement) => number) => median(measurements, value) as number
  return {
    rate: of(({ rate }) => rate),
    p50: of(({ p50 }) => p50),
    p95: of(({ p95 }) => p95),
    p99: of(({ p99 }) => p99),
    cpu: {
      nginx: of(({ cpu }) => cpu.nginx),
      replicas: of(({ cpu }) => cpu.replicas),
      database: of(({ cpu }) => cpu.database),
    },
  }
}

function eachOf(pids: System['pids'], value: (pids: number[], name: keyof System['pids']) => number) {
  return {
    nginx: value(pids.nginx, 'nginx'),
    replicas: value(pids.replicas, 'replicas'),
    database: value(pids.database, 'database'),
  }
}
