import { cpus } from 'node:os'
import { performance } from 'node:perf_hooks'

/** Shares of the time between the beginning and the reading, from 0 to 1. */
export interface CpuUse {
  /** How much of a core the generator took; it has one thread, so about 1 at most. */
  generatorCores: number
  /** For how much of the time that thread was busy. */
  generatorBusy: number
  /** For how much of the time the cores of this machine were busy, whoever used them. */
  machineBusy: number
}

/** Begins to measure; the returned function reads. */
export function measureCpu(): () => CpuUse {
  const [start, cpu, loop, machine] = [
    performance.now(),
    process.cpuUsage(),
    performance.eventLoopUtilization(),
    machineTimes(),
  ]
  return () => {
    const { user, system } = process.cpuUsage(cpu)
    const now = machineTimes()
    return {
      generatorCores: (user + system) / 1000 / (performance.now() - start),
      generatorBusy: performance.eventLoopUtilization(loop).utilization,
      machineBusy: 1 - (now.idle - machine.idle) / Math.max(1, now.all - machine.all),
    }
  }
}

function machineTimes() {
  const times = cpus().map((core) => core.times)
  return {
    idle: times.reduce((sum, { idle }) => sum + idle, 0),
    all: times.reduce((sum, each) => sum + Object.values(each).reduce((one, other) => one + other, 0), 0),
  }
}
