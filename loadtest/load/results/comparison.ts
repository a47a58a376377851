import type { Limits } from './limits.js'
import type { Comparable } from './result.js'

export interface Comparison {
  earlier: Comparable
  /** Each stat that a limit is set for, in a sentence. */
  verdicts: { text: string; worse: boolean }[]
  /** Why the two runs say little about each other, where that is so. */
  differences: string[]
}

const names = { p50: 'p50', p95: 'p95', p99: 'p99', requestsPerSecond: 'requests a second' }

/** Whether two runs were under the same load; else their stats say nothing about each other. */
export function sameLoad(one: Comparable['settings'], other: Comparable['settings']): boolean {
  return one.connections === other.connections && one.rate === other.rate
}

/** Puts a run beside an earlier one of the same scenario and load. */
export function compare(earlier: Comparable, now: Comparable, limits: Limits): Comparison {
  const verdicts = Object.entries(limits.comparison as Record<string, number>).map(([key, limit]) => {
    const name = key as keyof typeof names
    const change = changeOf(statOf(earlier, name), statOf(now, name))
    const harm = name === 'requestsPerSecond' ? -change : change
    return { text: `${names[name]} ${shownChange(change)}, ${wordsFor(harm, limit)}`, worse: harm > limit }
  })
  return { earlier, verdicts, differences: differencesOf(earlier, now) }
}

/** In percent of the earlier value. */
export function changeOf(earlier: number, now: number): number {
  return earlier === now ? 0 : ((now - earlier) / earlier) * 100
}

/** "+12 %"; tenths only where whole percents would say nothing. */
export function shownChange(change: number): string {
  if (change === 0) return '0 %'
  if (!Number.isFinite(change)) return 'from none'
  const size = Math.abs(change) < 10 ? Math.abs(change).toFixed(1) : Math.abs(change).toFixed(0)
  return `${change < 0 ? '−' : '+'}${size.replace(/\.0$/, '')} %`
}

function wordsFor(harm: number, limit: number): string {
  if (harm > limit) return `worse than the limit of ${limit} %`
  if (harm > 0) return `worse, within the limit of ${limit} %`
  return harm < 0 ? 'better' : 'the same'
}

function statOf({ stats }: Comparable, name: keyof typeof names): number {
  return name === 'requestsPerSecond' ? stats.requestsPerSecond : (stats.latency[name] ?? 0)
}

function differencesOf({ environment: before }: Comparable, { environment: now }: Comparable): string[] {
  const facts = { cores: 'cores', products: 'products in the catalogue' } as const
  return (['cores', 'products'] as const)
    .filter((fact) => differs(before[fact], now[fact]))
    .map((fact) => `${facts[fact]}: ${shown(before[fact])} in the earlier run, ${shown(now[fact])} in this one`)
}

function shown(number: number | null): string {
  return number?.toLocaleString('en') ?? 'not known'
}

/** A catalogue grows a little by each run; that alone makes no difference worth a note. */
function differs(before: number | null, now: number | null): boolean {
  if (before === null || now === null) return before !== now
  return Math.abs(now - before) > Math.max(before, now) * 0.2
}
