import * as z from 'zod'
import { conditionOf, type Run, runsOf } from '../../monitoring/runs.js'
import type { Parts } from '../../parts.js'
import type { Operation } from './operation.js'

const server = z
  .object({
    ...{
      name: z.string(),
      condition: z.enum(['starting', 'ready', 'draining', 'left', 'silent', 'killed']),
      version: z.string(),
    },
    ...{ upSince: z.iso.datetime(), heardAt: z.iso.datetime() },
  })
  .meta({ id: 'Server' })

const cluster = z.object({ answeredBy: z.string(), servers: z.array(server) })

/** The replicas, as the page of the servers shows them. */
export function clusterOperations({ cluster: { read }, replica }: Parts): Operation[] {
  return [
    {
      ...{ method: 'get', path: '/cluster', summary: 'How the servers are', access: 'cluster.read' },
      ...{ status: 200, answer: cluster },
      async handle(ctx) {
        const reading = await read()
        const latest = [...runsOf(reading.beats).values()].map((runs) => runs.at(-1) as Run)
        ctx.body = {
          answeredBy: replica,
          servers: latest.map((run) => ({
            ...{ name: run.replica, condition: conditionOf(run, reading), version: run.last.version },
            upSince: new Date(run.last.at - run.last.uptimeMs).toISOString(),
            heardAt: new Date(run.last.at).toISOString(),
          })),
        } satisfies z.infer<typeof cluster>
      },
    },
  ]
}
