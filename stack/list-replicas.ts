import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { stackFolder } from './checkout.js'
import { createCommand } from './command.js'
import { type ReplicaRecord, readRecords, stateOf } from './replicas.js'

/** `npm run replicas`. */
const { json } = createCommand('replicas')
  .description('Lists the replicas that npm start runs.')
  .option('--json', 'for programs', false)
  .parse()
  .opts()
const folder = stackFolder()
if (!existsSync(join(folder, 'replicas.json'))) {
  console.error('Bodega has not run here yet. Start it with: npm start')
  process.exit(1)
}

const replicas = await Promise.all(
  readRecords(folder).map(async (record) => ({ record, state: await stateOf(record) })),
)
if (json) {
  console.log(JSON.stringify(replicas.map(({ record: { name, pid, port }, state }) => ({ name, pid, port, state }))))
} else {
  console.table(
    replicas.map(({ record, state }) => {
      const { name, pid, port } = record
      return { name, pid, port, state, uptime: uptimeOf(record) }
    }),
  )
}

function uptimeOf({ startedAt }: ReplicaRecord): string {
  if (startedAt === null) return '-'
  const seconds = Math.floor((Date.now() - startedAt) / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)]
  return `${hours} h ${minutes} min ${seconds % 60} s`
}
