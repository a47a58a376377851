import { execFileSync } from 'node:child_process'
import { waitUntil } from './processes.js'

/**
 * Builds the images, brings the databases of the compose project up to date, and replaces its containers by those of the
 * new image: the proxy first, but only where its own changed, because that breaks people's connections for a moment; then
 * the replicas.
 * @param tell called after each step
 * @returns how many replicas there are
 * @throws {Error} when one does not become healthy; the others were left as they are
 */
export async function replaceContainers(tell: (step: string) => void): Promise<number> {
  const old = replicas()
  if (old.length === 0)
    throw new Error('Bodega does not run in containers here. Start it with: docker compose up --build')
  docker('compose', 'build')
  tell('the images are built')
  docker('compose', 'run', '--rm', '--no-deps', '-T', 'migrate')
  tell('both databases are up to date')
  if (imageOf('proxy') !== docker('image', 'inspect', '--format', '{{.Id}}', 'bodega-proxy')) {
    docker('compose', 'up', '--detach', '--no-deps', '--wait', 'proxy')
    tell('the proxy was replaced, which dropped the connections that were open')
  }
  for (const name of old) tell(`${name} was replaced by ${await replace(name, old.length)}, which is healthy`)
  return old.length
}

/** @returns the name of the container that came */
async function replace(name: string, count: number): Promise<string> {
  const others = replicas().filter((each) => each !== name)
  docker('stop', name)
  docker('rm', name)
  docker('compose', 'up', '--detach', '--no-deps', '--no-recreate', '--scale', `app=${count}`, 'app')
  const [added] = replicas().filter((each) => !others.includes(each))
  if (!added) throw new Error(`No container came in the place of ${name}.`)
  await waitUntil(`${added} is not healthy`, 60, () => {
    return docker('inspect', '--format', '{{.State.Health.Status}}', added) === 'healthy'
  })
  return added
}

function replicas(): string[] {
  return docker('compose', 'ps', '--format', '{{.Name}}', 'app').split('\n').filter(Boolean)
}

function imageOf(service: string): string {
  return docker('inspect', '--format', '{{.Image}}', docker('compose', 'ps', '--quiet', service))
}

function docker(...command: string[]): string {
  return execFileSync('docker', command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
}
