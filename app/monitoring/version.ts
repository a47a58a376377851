import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { build, root } from '../root.js'

/** The version of the package, with the commit where the build could know it. */
export function findVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))
  const file = new URL('commit', build)
  const commit = existsSync(file) ? readFileSync(file, 'utf8').trim() : ''
  return commit ? `${version} (${commit})` : version
}

/** What an operator finds this process by: its id, or in a container, where that is always 1, the container's. */
export function findProcess(): string {
  return process.pid === 1 ? hostname() : String(process.pid)
}
