import { spawnSync } from 'node:child_process'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { root } from '../stack/checkout.js'

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
  const git = (...args: string[]) => spawnSync('git', args, { cwd: root, encoding: 'utf8' })
  const { status, stdout } = git('rev-parse', '--short=10', 'HEAD')
  if (status !== 0) return null
  return stdout.trim() + (git('status', '--porcelain', '--untracked-files=no').stdout ? ' with changes' : '')
}
