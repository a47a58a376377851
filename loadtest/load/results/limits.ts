import * as z from 'zod'
import type { ScenarioName } from '../scenarios.js'
import { type MeasureKey, measured, measureKeys, measures } from './measures.js'
import type { Result } from './result.js'

const limit = z.partialRecord(z.enum(measureKeys), z.number().min(0))

const limits = z.strictObject({
  scenarios: z.record(z.string(), limit),
  /** By how many percent each measure may be worse than in the run that this one is compared with. */
  comparison: limit,
})

export type Limits = z.infer<typeof limits>

/** A limit and what was measured; `broken` says what is wrong, where something is. */
export interface Judgement {
  name: string
  limit: string
  measured: string
  broken: string | undefined
}

/** @throws {Error} naming what cannot be understood */
export function parseLimits(text: string): Limits {
  const parsed = limits.safeParse(JSON.parse(text))
  if (parsed.success) return parsed.data
  throw new Error(parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
}

/** Checks a run's stats against the limits of its scenario. */
export function judge({ stats }: Pick<Result, 'stats'>, limits: Limits, scenario: ScenarioName): Judgement[] {
  const values = measured(stats)
  const set = Object.entries(limits.scenarios[scenario] ?? {}) as [MeasureKey, number][]
  const judgements = set.map(([key, limit]) => judgementOf(key, limit, values[key]))
  return stats.requests > 0 ? judgements : [...judgements, nothingMeasured]
}

function judgementOf(key: MeasureKey, limit: number, value: number): Judgement {
  const { name, unit, least } = measures[key]
  const broken = least ? value < limit : value > limit
  const measured = `${Number(value.toFixed(value >= 100 ? 1 : 3))}${unit}`
  return {
    name,
    limit: `${least ? 'at least' : 'at most'} ${limit}${unit}`,
    measured,
    broken: broken ? `${name} is ${measured}, ${least ? 'below' : 'above'} the limit of ${limit}${unit}` : undefined,
  }
}

/** Without a request no limit would be broken. */
const nothingMeasured: Judgement = {
  name: 'requests',
  limit: 'at least 1',
  measured: '0',
  broken: 'not one request was made',
}
