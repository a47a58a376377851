import * as z from 'zod'
import type { CpuUse } from '../../machine.js'
import type { Stats } from '../../stats/recorder.js'
import type { Environment } from '../environment.js'

/** What a run measured; kept as JSON, which a later run can be compared with. */
export interface Result {
  bodegaLoadTest: 2
  scenario: string
  startedAt: string
  settings: { baseUrl: string; connections: number; rate: number | null; duration: number; warmUp: number }
  stats: Stats
  generator: CpuUse & { lag: number }
  environment: Environment & { products: number | null }
}

/** What a comparison reads of an earlier result. */
const comparable = z.object({
  bodegaLoadTest: z.literal(2),
  scenario: z.string(),
  startedAt: z.string(),
  settings: z.object({ connections: z.number(), rate: z.number().nullable() }),
  stats: z.object({
    requests: z.number(),
    errors: z.number(),
    requestsPerSecond: z.number(),
    latency: z.record(z.enum(['p50', 'p90', 'p95', 'p99', 'p999', 'max']), z.number()),
    fairness: z.number().nullable(),
  }),
  environment: z.object({
    cores: z.number(),
    commit: z.string().nullable(),
    products: z.number().nullable(),
  }),
})

export type Comparable = z.infer<typeof comparable>

/** @throws {Error} where the text is no result of this version */
export function parseComparable(text: string): Comparable {
  const parsed = comparable.safeParse(JSON.parse(text))
  if (parsed.success) return parsed.data
  throw new Error('It is not the JSON of a run of this version of npm run loadtest.')
}
