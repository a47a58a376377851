import type { Stats } from '../../stats/stats.js'
import type { Environment } from '../environment.js'

/** Changes when results of before can no longer be compared. */
const version = 2

/** What a run measured; kept as JSON, which a later run can be compared with. */
export interface Result {
  bodegaLoadTest: typeof version
  scenario: string
  startedAt: string
  settings: { baseUrl: string; connections: number; rate: number | null; duration: number; warmUp: number }
  stats: Stats
  /** For how much of the time its one thread was busy, from 0 to 1, and how late it was at most, in milliseconds. */
  generator: { busy: number; lag: number }
  environment: Environment & { products: number | null }
}

/** @throws {Error} where the text is no result of this version */
export function parseResult(text: string): Result {
  const result = JSON.parse(text)
  if (result.bodegaLoadTest === version) return result
  throw new Error('It is not the JSON of a run of this version of npm run loadtest.')
}
