/**
 * Brings a machine that has only Node and npm to the point where this checkout runs, then runs a module of it:
 *
 *   node stack/setup.mjs [--test | --bench] MODULE [ARGUMENT...]
 *
 * Plain JavaScript without imports from npm, because it runs before there are any.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const programs = {
  nginx: '/usr/sbin/nginx',
  'mariadb-server': '/usr/sbin/mariadbd',
  logrotate: '/usr/sbin/logrotate',
  chromium: '/usr/bin/chromium',
  openssl: '/usr/bin/openssl',
  wrk: '/usr/bin/wrk',
}
/** What only some commands need, which ask for it by an option. */
const optional = { '--test': ['chromium', 'openssl', 'wrk'], '--bench': ['wrk'] }

const [module, ...rest] = process.argv.slice(2).filter((argument) => !(argument in optional))
const asked = Object.keys(optional).flatMap((option) => (process.argv.includes(option) ? optional[option] : []))
const wanted = Object.keys(programs).filter(
  (name) => asked.includes(name) || !Object.values(optional).flat().includes(name),
)

process.umask(0o022) // what is made here is read by other users: nginx's workers, root's replicas
try {
  checkNode()
  if (module === 'dist/stack/start.js') refuseSecond()
  installDependencies()
  installPrograms()
  build()
  if (process.getuid() === 0) prepareAccount()
} catch (error) {
  console.error(`\n${error.message}`)
  process.exit(1)
}
if (module) {
  process.argv = [process.argv[0], resolve(root, module), ...rest]
  await import(pathToFileURL(process.argv[1]).href)
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if ((major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22) return
  throw new Error(`Bodega needs Node 20.19, 22.12 or newer; this is ${process.versions.node}.`)
}

function installDependencies() {
  const stamp = join(root, 'node_modules', '.bodega-lock')
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  say('installing the npm dependencies')
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  writeFileSync(stamp, lock)
}

function installPrograms() {
  const missing = wanted.filter((name) => !existsSync(programs[name]))
  if (missing.length === 0) return
  if (!existsSync('/usr/bin/apt-get') || process.getuid() !== 0) {
    throw new Error(
      `Missing on this machine: ${missing.join(', ')}. Install with:\n\n  sudo apt-get install -y ${missing.join(' ')}\n`,
    )
  }
  say(`installing ${missing.join(', ')} with apt`)
  withoutStartingServices(() => {
    const apt = ['-qq', '-o', 'DPkg::Lock::Timeout=120']
    run('apt-get', [...apt, 'update'])
    run('apt-get', [...apt, 'install', '-y', '--no-install-recommends', ...missing])
  })
}

/** Debian starts a service when its package is installed; this checkout runs its own, so the machine's stay off. */
function withoutStartingServices(install) {
  const policy = '/usr/sbin/policy-rc.d'
  const ours = !existsSync(policy)
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    install()
  } finally {
    if (ours) rmSync(policy)
  }
}

/** Before anything is built: the stack that runs starts its replicas from the build of the moment. */
function refuseSecond() {
  const file = resolve(process.env.BODEGA_FOLDER ?? '.bodega', 'stack.pid')
  const pid = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const command = `/proc/${pid}/cmdline`
  if (!pid || !existsSync(command) || !readFileSync(command, 'utf8').includes('node')) return
  throw new Error(`Bodega is running already, as process ${pid}. Stop it first, with Ctrl-C where it runs.`)
}

function build() {
  say('building')
  run('npm', ['run', '--silent', 'build'])
}

/** Root's stack runs its replicas as a user of their own, who may read what they are made of. */
function prepareAccount() {
  if (spawnSync('id', ['bodega']).status !== 0) {
    run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'bodega'])
  }
  run('chmod', ['-R', 'a+rX', 'dist/', 'node_modules', 'views', 'locales', 'package.json'])
}

/** Runs a command quietly; what it printed is shown only where it failed. */
function run(command, options) {
  const { status, stdout, stderr, error } = spawnSync(command, options, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  })
  if (status === 0) return
  throw new Error(`${command} ${options.join(' ')} failed:\n${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`)
}

function say(step) {
  console.log(`· ${step}`)
}
