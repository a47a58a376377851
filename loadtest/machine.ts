import { spawnSync } from 'node:child_process'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'

/** The machine and the checkout that the load comes from. What is not known is null. */
export type Machine = ReturnType<typeof readMachine>

export function readMachine() {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? null,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    generatorNode: process.version,
    commit: readCommit(),
  }
}

/** The checkout's commit, with a sign where its files are not those of the commit. */
function readCommit(): string | null {
  const cwd = fileURLToPath(new URL('../../', import.meta.url))
  const git = (...args: string[]) => spawnSync('git', args, { cwd, encoding: 'utf8' })
  const { status, stdout } = git('rev-parse', '--short=10', 'HEAD')
  if (status !== 0) return null
  return stdout.trim() + (git('status', '--porcelain', '--untracked-files=no').stdout ? ' with changes' : '')
}

/** Shares of the time between start and reading, from 0 to 1. */
export interface CpuUse {
  /** How much of a core the generator took; it has one thread, so about 1 at most. */
  generatorCores: number
  /** For how much of the time that thread was busy. */
  generatorBusy: number
  /** For how much of the time the cores of this machine were busy, whoever used them. */
  machineBusy: number
}

/** Starts measuring; the returned function reads. */
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
