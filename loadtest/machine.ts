import { spawnSync } from 'node:child_process'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { sum } from 'd3-array'

/** The machine and the checkout that the load comes from. What is not known is null. */
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
  /** For how much of it the generator's one thread was busy. */
  generatorBusy: number
  /** How much of a core the generator took. */
  generatorCores: number
  /** For how much of it the cores of this machine were busy, whoever used them. */
  machineBusy: number
}

/** Starts measuring; the returned function reads. */
export function measureCpu(): () => CpuUse {
  const [start, cpu, loop, machine] = [
    performance.now(),
    process.cpuUsage(),
    performance.eventLoopUtilization(),
    times(),
  ]
  return () => {
    const { user, system } = process.cpuUsage(cpu)
    const now = times()
    return {
      generatorBusy: performance.eventLoopUtilization(loop).utilization,
      generatorCores: (user + system) / 1000 / (performance.now() - start),
      machineBusy: 1 - (now.idle - machine.idle) / Math.max(1, now.all - machine.all),
    }
  }
}

function times() {
  const cores = cpus().map((core) => core.times)
  return { idle: sum(cores, ({ idle }) => idle), all: sum(cores, (each) => sum(Object.values(each))) }
}
