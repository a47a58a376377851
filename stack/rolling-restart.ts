import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { waitUntil } from './processes.js'
import { readRecords, stateOf } from './replicas.js'

/**
 * `npm run rolling-restart`: replaces the replicas one by one, each when the one before is ready again; with --docker
 * the containers' of this checkout's compose project. Nobody notices.
 */
const folder = resolve(process.env.BODEGA_FOLDER ?? '.bodega')
const patience = 40
const inDocker = process.argv.includes('--docker')

try {
  const started = Date.now()
  const names = inDocker ? containers() : readRecords(folder).map(({ name }) => name)
  for (const name of names) {
    const since = Date.now()
    await (inDocker ? restartContainer(name) : restartReplica(name))
    console.log(`· ${name} was replaced and is ready, after ${seconds(since)}`)
  }
  console.log(`\nAll ${names.length} replicas were replaced in ${seconds(started)}.`)
} catch (error) {
  console.error(`\nStopped: ${(error as Error).message}\nThe other replicas go on as they are.`)
  process.exit(1)
}

/** Asks the replica to leave; the stack starts another in its place. */
async function restartReplica(name: string) {
  const { pid } = recordOf(name)
  if (pid === null) throw new Error(`${name} is not running. Is Bodega? npm run replicas tells.`)
  process.kill(pid, 'SIGTERM')
  await waitUntil(`${name} is not ready`, patience, async () => {
    const record = recordOf(name)
    return record.pid !== pid && (await stateOf(record)) === 'ready'
  })
}

async function restartContainer(name: string) {
  docker('restart', name)
  await waitUntil(`${name} is not healthy`, patience, () => {
    return docker('inspect', '--format', '{{.State.Health.Status}}', name) === 'healthy'
  })
}

function recordOf(name: string) {
  const record = readRecords(folder).find((each) => each.name === name)
  if (!record) throw new Error(`There is no replica ${name}.`)
  return record
}

function containers(): string[] {
  return docker('compose', 'ps', '--format', '{{.Name}}', 'app').split('\n').filter(Boolean)
}

function docker(...command: string[]): string {
  return execFileSync('docker', command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
}

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`
}
