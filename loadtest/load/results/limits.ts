import * as z from 'zod'
import type { ScenarioName } from '../scenarios.js'
import type { Comparable } from './result.js'

const scenarioLimits = z.strictObject({
  /** Of all requests. */
  errorPercent: z.number().min(0).max(100).optional(),
  /** At most, in milliseconds. */
  p50: z.number().positive().optional(),
  p90: z.number().positive().optional(),
  p95: z.number().positive().optional(),
  p99: z.number().positive().optional(),
  p999: z.number().positive().optional(),
  max: z.number().positive().optional(),
  /** At least. */
  requestsPerSecond: z.number().positive().optional(),
  fairness: z.number().min(0).max(1).optional(),
})

const limits = z.strictObject({
  scenarios: z.record(z.string(), scenarioLimits),
  /** By how many percent each figure may be worse than in the run that this one is compared with. */
  comparison: z.strictObject({
    p50: z.number().positive().optional(),
    p95: z.number().positive().optional(),
    p99: z.number().positive().optional(),
    requestsPerSecond: z.number().positive().optional(),
  }),
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
export function judge(
  { stats }: Pick<Comparable, 'stats'>,
  { scenarios }: Limits,
  scenario: ScenarioName,
): Judgement[] {
  const measured = {
    ...stats,
    ...stats.latency,
    errorPercent: (stats.errors / Math.max(1, stats.requests)) * 100,
  }
  const judgements = Object.entries((scenarios[scenario] ?? {}) as Record<string, number>).map(([key, limit]) => {
    const { name, unit, least } = kinds[key as keyof typeof kinds]
    const value = measured[key as keyof typeof kinds]
    return judgementOf(name, unit, limit, value ?? 0, least)
  })
  return stats.requests > 0 ? judgements : [...judgements, nothingMeasured]
}

function judgementOf(name: string, unit: string, limit: number, value: number, least: boolean): Judgement {
  const broken = least ? value < limit : value > limit
  const measured = `${round(value)}${unit}`
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

const latency = { unit: ' ms', least: false }
const kinds = {
  errorPercent: { name: 'the share of errors', unit: ' %', least: false },
  p50: { name: 'p50', ...latency },
  p90: { name: 'p90', ...latency },
  p95: { name: 'p95', ...latency },
  p99: { name: 'p99', ...latency },
  p999: { name: 'p99.9', ...latency },
  max: { name: 'slowest', ...latency },
  requestsPerSecond: { name: 'requests a second', unit: '', least: true },
  fairness: { name: 'fairness', unit: '', least: true },
}

function round(value: number): number {
  return Number(value.toFixed(value >= 100 ? 1 : 3))
}
