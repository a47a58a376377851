import type { Limits } from './limits.js'
import { type MeasureKey, measured, measures } from './measures.js'
import type { Result } from './result.js'

export interface Comparison {
  earlier: Result
  /** Each measure that a limit is set for, in a sentence. */
  verdicts: { text: string; worse: boolean }[]
  /** Why the two runs say little about each other, where that is so. */
  differences: string[]
}

type Load = Pick<Result['settings'], 'connections' | 'rate'>

/** Whether two runs were under the same load; else they say nothing about each other. */
export function sameLoad(one: Load, other: Load): boolean {
  return one.connections === other.connections && one.rate === other.rate
}

/** Puts a run beside an earlier one of the same scenario and load. */
export function compare(earlier: Result, now: Result, limits: Limits): Comparison {
  const [before, after] = [measured(earlier.stats), measured(now.stats)]
  const verdicts = (Object.entries(limits.comparison) as [MeasureKey, number][]).map(([key, limit]) => {
    const { name, least } = measures[key]
    const change = changeOf(before[key], after[key])
    const harm = least ? -change : change
    return { text: `${name} ${shownChange(change)}, ${wordsFor(harm, limit)}`, worse: harm > limit }
  })
  return { earlier, verdicts, differences: differencesOf(earlier.environment, now.environment) }
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

function differencesOf(before: Result['environment'], now: Result['environment']): string[] {
  const shown = (number: number | null) => number?.toLocaleString('en') ?? 'not known'
  const facts = [
    ['cores', before.cores, now.cores],
    ['products in the catalogue', before.products, now.products],
  ] as const
  return facts
    .filter(([, one, other]) => differ(one, other))
    .map(([fact, one, other]) => `${fact}: ${shown(one)} in the earlier run, ${shown(other)} in this one`)
}

/** A catalogue grows a little by each run; that alone makes no difference worth a note. */
function differ(before: number | null, now: number | null): boolean {
  if (before === null || now === null) return before !== now
  return Math.abs(now - before) > Math.max(before, now) * 0.2
}
