import { stackFolder } from './checkout.js'
import { migrate } from './migrator.js'
import { reloadNginx } from './nginx.js'
import { waitUntil } from './processes.js'
import { readStackRecord } from './record.js'
import { readRecords, recordOf, stateOf } from './replicas.js'

const folder = stackFolder()

/**
 * Brings the local form's databases and nginx's configuration up to date, then replaces its replicas by those of the
 * current build.
 * @param tell called after each step
 * @returns how many there are
 * @throws {Error} when a replica does not come back; the others were left as they are
 */
export async function replaceReplicas(tell: (step: string) => void): Promise<number> {
  const stack = readStackRecord(folder)
  if (!stack) throw new Error('Bodega does not run here. Start it with: npm start')
  await migrate(stack.settings)
  tell('both databases are up to date')
  await reloadNginx(folder)
  tell('nginx has its configuration')
  const names = readRecords(folder).map(({ name }) => name)
  for (const name of names) {
    await replace(name)
    tell(`${name} was replaced and is ready`)
  }
  return names.length
}

/** Asks the replica to leave; the stack starts another in its place. */
async function replace(name: string) {
  const { pid } = recordOf(folder, name)
  if (pid === null) throw new Error(`${name} is not running. npm run replicas tells the state of each.`)
  process.kill(pid, 'SIGTERM')
  await waitUntil(`${name} is not ready`, 40, async () => {
    const record = recordOf(folder, name)
    return record.pid !== pid && (await stateOf(record)) === 'ready'
  })
}
