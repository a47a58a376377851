import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
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
 * The prefix is given as "./": below a folder that only root may enter, nginx's workers reach their files from where
 * they stand, and no other way.
 */
function nginx(): string[] {
  const command = [program, '-e', 'logs/error.log', '-p', './', '-c', 'conf/nginx.conf']
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
  for (const name of ['conf', 'run', 'public', 'errors']) rmSync(join(prefix, name), { recursive: true, force: true })
  for (const name of ['conf', 'run', 'logs']) mkdirSync(join(prefix, name), { recursive: true })
  const build = currentBuild()
  cpSync(join(build, 'public'), join(prefix, 'public'), { recursive: true })
  cpSync(join(build, 'errors'), join(prefix, 'errors'), { recursive: true })
  for (const name of readdirSync(join(root, 'nginx')).filter((each) => each.endsWith('.conf'))) {
    cpSync(join(root, 'nginx', name), join(prefix, 'conf', name))
  }
  cpSync(join(build, 'errors/headers.conf'), join(prefix, 'conf/error-page-headers.conf'))
  if (atLeast(1, 30)) cpSync(join(root, 'nginx/since-1.30'), join(prefix, 'conf/newer'), { recursive: true })
  writeFileSync(join(prefix, 'conf/replicas.conf'), replicas(replicaPorts))
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
