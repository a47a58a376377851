import { neverSent } from '../../stats/outcome.js'
import type { Comparison } from './comparison.js'
import type { Result } from './result.js'

/** From here on the generator's one thread answers late by itself, and its latencies are partly its own. */
const busyThread = 0.85
const lateMs = 50

/** What a reader must know before believing the stats. */
export function notesOn(result: Result, comparison: Comparison | undefined): string[] {
  const differences = (comparison?.differences ?? []).map((each) => `The runs are not alike: ${each}.`)
  return [...howLatencyCounts(result), ...bottlenecks(result.generator), ...differences]
}

function howLatencyCounts({ settings: { rate, connections }, stats }: Result): string[] {
  const counted = rate
    ? 'Latencies count from when a request was due, so that a stall shows in every request that it held up (corrected for coordinated omission).'
    : 'Each connection sends its next request when the last one is answered; latencies count from then. For what people feel at a given load, use --rate.'
  if (!stats.errorsByKind[neverSent]) return [counted]
  return [
    counted,
    `The system did not keep up with ${rate} requests a second, or ${connections} connections were too few.`,
  ]
}

function bottlenecks({ busy, lag }: Result['generator']): string[] {
  const percent = (share: number) => `${Math.round(share * 100)} %`
  if (busy >= busyThread) {
    return [
      `Warning: the generator was the bottleneck. Its one thread was busy for ${percent(busy)} of the time (${percent(busyThread)} is too much), so the system can do more than this shows.`,
    ]
  }
  if (lag < lateMs) return []
  return [
    `Warning: the generator sent a request up to ${Math.round(lag)} ms late although a connection was free (${lateMs} ms is too much). The slowest latencies are partly its own.`,
  ]
}
