/**
 * `npm run build`: builds into a folder of its own, which `dist` then points to. Whatever starts or runs during a build finds
 * the old build whole, or the new one.
 */
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * What Node is given for a replica; Dockerfile gives the same. Some 33 MB of its heap live: with the default limit V8 lets
 * up to 40 more gather before it collects, and a young generation of 16 MB a half, which is Node 20's, takes another 16.
 * With halves of 4 MB the list is slower.
 */
const replicaOptions = ['--max-old-space-size=256', '--max-semi-space-size=4']

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))))

// As deep as `dist`, because modules find the checkout by their own place in it.
const build = `dist.${process.pid}-${Date.now().toString(36)}`
try {
  run('node_modules/.bin/tsc', '-p', '.', '--outDir', build)
  for (const name of ['views', 'locales']) cpSync(name, join(build, name), { recursive: true })
  run(process.execPath, ...replicaOptions, `${build}/build/replica.js`)
  run(process.execPath, `${build}/build/assets.js`)
  noteCommit()
} catch (error) {
  rmSync(build, { recursive: true, force: true })
  console.error(error.message)
  process.exit(1)
}
const previous = pointTo(build)
for (const name of readdirSync('.')) {
  if (name.startsWith('dist.') && ![build, previous].includes(name) && !isUsed(name)) rmSync(name, { recursive: true })
}

function noteCommit() {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'])
  if (status === 0) writeFileSync(join(build, 'commit'), stdout)
}

/** @returns the build of before */
function pointTo(next) {
  const found = lstatSync('dist', { throwIfNoEntry: false })
  const before = found?.isSymbolicLink() ? readlinkSync('dist') : `${next}.before`
  if (found?.isDirectory()) renameSync('dist', before) // by a version that built in place
  symlinkSync(next, `${next}.link`)
  renameSync(`${next}.link`, 'dist')
  return before
}

/** Whether a replica runs from this build, or somebody is making it. */
function isUsed(name) {
  return readdirSync('/proc').some((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      return name.startsWith(`dist.${pid}-`) || readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(name)
    } catch {
      return false // it has ended
    }
  })
}

function run(command, ...options) {
  const { status, error } = spawnSync(command, options, { stdio: 'inherit' })
  if (status !== 0)
    throw new Error(`The build failed at ${command} ${options.join(' ')}${error ? `: ${error.message}` : ''}`)
}
