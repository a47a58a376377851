import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { listenDirectives, urlOf } from './address.js'
import { currentBuild, root } from './checkout.js'
import { keepRunning, launch, run, runs, type Service, waitUntil } from './processes.js'

const program = '/usr/sbin/nginx'

/** What both forms of the system read as it stands; the rest of the configuration depends on the form. */
const shared = ['nginx.conf', 'to-replicas.conf', 'error-pages.conf', 'own-answers.conf']

/** @throws {Error} with nginx's own words when it does not accept the configuration */
export async function startNginx(
  folder: string,
  { address, port, replicaPorts }: { address: string; port: number; replicaPorts: number[] },
): Promise<Service> {
  const prefix = join(folder, 'nginx')
  layOut(prefix, address, port, replicaPorts)
  // The prefix is given as "./": below a folder that only root may enter, nginx's workers reach their files from where
  // they stand, and no other way.
  const command = [program, '-e', 'logs/error.log', '-p', './', '-c', 'conf/nginx.conf']
  if (process.getuid?.() === 0) command.push('-g', 'user www-data;')
  await run([...command, '-t'], { cwd: prefix })
  const service = keepRunning(() => {
    endOrphans(prefix)
    return launch(command, join(prefix, 'logs/error.log'), { cwd: prefix })
  })
  await waitUntil(`nginx does not answer; see ${join(prefix, 'logs/error.log')}`, 10, async () => {
    return fetch(`${urlOf(address, port)}/favicon.ico`).then(
      ({ status }) => status === 204,
      () => false,
    )
  })
  return service
}

/** Adds a build's assets to those that nginx serves: replicas of two builds serve side by side during an upgrade. */
export function publishAssets(folder: string, build: string): void {
  cpSync(join(build, 'public'), join(folder, 'nginx/public'), { recursive: true, force: false })
}

/** The workers of a master that was killed serve on and keep the port, so that no other master could start. */
function endOrphans(prefix: string) {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!runs(Number(pid), 'nginx: worker') || readlinkSync(`/proc/${pid}/cwd`) !== prefix) continue
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It has ended meanwhile, or is somebody else's.
    }
  }
}

/** Everything that nginx reads, made anew at each start; its logs stay. */
function layOut(prefix: string, address: string, port: number, replicaPorts: number[]) {
  for (const name of ['conf', 'run', 'public', 'errors']) rmSync(join(prefix, name), { recursive: true, force: true })
  for (const name of ['conf/newer', 'run']) mkdirSync(join(prefix, name), { recursive: true })
  const build = currentBuild()
  cpSync(join(build, 'public'), join(prefix, 'public'), { recursive: true })
  cpSync(join(build, 'errors'), join(prefix, 'errors'), { recursive: true })
  for (const name of shared) cpSync(join(root, 'nginx', name), join(prefix, 'conf', name))
  cpSync(join(build, 'errors/headers.conf'), join(prefix, 'conf/error-page-headers.conf'))
  if (atLeast(1, 30)) cpSync(join(root, 'nginx/since-1.30.conf'), join(prefix, 'conf/newer/since-1.30.conf'))
  writeFileSync(join(prefix, 'conf/replicas.conf'), replicas(replicaPorts))
  writeFileSync(join(prefix, 'conf/listen.conf'), listenDirectives(address, port))
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
