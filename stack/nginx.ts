import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { listenAddresses, urlOf } from './address.js'
import { currentBuild, root } from './checkout.js'
import { keepRunning, launch, run, runs, type Service, waitUntil } from './processes.js'

const program = '/usr/sbin/nginx'

interface NginxOptions {
  address: string
  port: number
  replicaPorts: number[]
  /** TRUSTED_PROXIES, TLS_CERTIFICATE, TLS_KEY, TLS_PORT and HSTS, as .env.example explains them. */
  settings: NodeJS.ProcessEnv
}

/** @throws {Error} naming the setting that is wrong, or with nginx's own words */
export async function startNginx(folder: string, options: NginxOptions): Promise<Service> {
  const prefix = join(folder, 'nginx')
  const log = join(prefix, 'logs/error.log')
  layOut(prefix, options.replicaPorts)
  const command = ['sh', join(root, 'nginx/settings.sh'), ...nginx()]
  const spawning = { cwd: prefix, env: environment(options) }
  await run([...command, '-t'], spawning)
  const service = keepRunning(() => {
    endOrphans(prefix)
    return launch(command, log, spawning)
  })
  await waitUntil(`nginx does not answer; see ${log}`, 10, () => answers(options))
  return service
}

/**
 * Lets a running nginx take the configuration of this checkout, which is another one after an upgrade. Requests under way
 * end as they began.
 * @throws {Error} with nginx's own words; then it goes on as it was
 */
export async function reloadNginx(folder: string): Promise<void> {
  const prefix = join(folder, 'nginx')
  const next = join(prefix, 'conf.next')
  layOutConfiguration(next)
  for (const name of ofThisRun) cpSync(join(prefix, 'conf', name), join(next, name))
  await run([...nginx('conf.next'), '-t'], { cwd: prefix })
  rmSync(join(prefix, 'conf'), { recursive: true })
  renameSync(next, join(prefix, 'conf'))
  process.kill(Number(readFileSync(join(prefix, 'run/nginx.pid'), 'utf8')), 'SIGHUP')
}

/**
 * The prefix is given as "./": below a folder that only root may enter, nginx's workers reach their files from where
 * they stand, and no other way.
 */
function nginx(configuration = 'conf'): string[] {
  const command = [program, '-e', 'logs/error.log', '-p', './', '-c', `${configuration}/nginx.conf`]
  return process.getuid?.() === 0 ? [...command, '-g', 'user www-data;'] : command
}

/** With TLS the answer is a redirect. */
function answers({ address, port }: NginxOptions): Promise<boolean> {
  return fetch(`${urlOf('http', address, port)}/favicon.ico`, { redirect: 'manual' }).then(
    ({ status }) => status < 400,
    () => false,
  )
}

/** What nginx/settings.sh takes. */
function environment({ address, port, settings }: NginxOptions): NodeJS.ProcessEnv {
  const { TRUSTED_PROXIES, HSTS, TLS_CERTIFICATE, TLS_KEY, TLS_PORT } = settings
  return {
    PATH: process.env.PATH,
    LISTEN_ADDRESSES: listenAddresses(address).join(' '),
    PORT: String(port),
    TRUSTED_PROXIES,
    HSTS,
    TLS_CERTIFICATE: TLS_CERTIFICATE && resolve(TLS_CERTIFICATE),
    TLS_KEY: TLS_KEY && resolve(TLS_KEY),
    TLS_PORT,
  }
}

/** The workers of a master that was killed serve on and keep the port, so that no other master could start. */
function endOrphans(prefix: string) {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!runs(Number(pid), 'nginx: worker') || readlinkSync(`/proc/${pid}/cwd`) !== prefix) continue
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It has ended, or is somebody else's.
    }
  }
}

/** What nginx reads whatever the settings, made anew at each start; its logs stay. */
function layOut(prefix: string, replicaPorts: number[]) {
  for (const name of ['run', 'public', 'errors']) rmSync(join(prefix, name), { recursive: true, force: true })
  for (const name of ['run', 'logs']) mkdirSync(join(prefix, name), { recursive: true })
  const build = currentBuild()
  cpSync(join(build, 'public'), join(prefix, 'public'), { recursive: true })
  cpSync(join(build, 'errors'), join(prefix, 'errors'), { recursive: true })
  layOutConfiguration(join(prefix, 'conf'))
  cpSync(join(build, 'errors/headers.conf'), join(prefix, 'conf/error-page-headers.conf'))
  writeFileSync(join(prefix, 'conf/replicas.conf'), replicas(replicaPorts))
}

/** What depends on where the replicas are, and on the error pages that were laid out. */
const ofThisRun = ['replicas.conf', 'error-page-headers.conf']

/** All but {@link ofThisRun}. */
function layOutConfiguration(folder: string) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(join(root, 'nginx')).filter((each) => each.endsWith('.conf'))) {
    cpSync(join(root, 'nginx', name), join(folder, name))
  }
  if (atLeast(1, 30)) cpSync(join(root, 'nginx/since-1.30'), join(folder, 'newer'), { recursive: true })
}

/** Each address once more as a backup that is never marked as failed, for the moment when all of them are. */
function replicas(ports: number[]): string {
  return ports
    .flatMap((port) => [
      `server 127.0.0.1:${port} max_fails=2 fail_timeout=1s;`,
      `server 127.0.0.1:${port} backup max_fails=0;`,
    ])
    .join('\n')
}

function atLeast(major: number, minor: number): boolean {
  const { stderr } = spawnSync(program, ['-v'], { encoding: 'utf8' })
  const [, foundMajor, foundMinor] = /nginx\/(\d+)\.(\d+)/.exec(stderr)?.map(Number) ?? []
  return (foundMajor ?? 0) > major || (foundMajor === major && (foundMinor ?? 0) >= minor)
}
