import { neverSent } from '../../stats/outcome.js'
import type { Comparison } from './comparison.js'
import type { Result } from './result.js'

/** From here on the generator's one thread answers late by itself, and its latencies are partly its own. */
const busyThread = 0.85
const lateMs = 50
const busyMachine = 0.95

/** What a reader must know before believing the stats. */
export function notesOn(result: Result, comparison: Comparison | undefined): string[] {
  return [...howLatencyCounts(result), ...bottlenecks(result), ...differences(comparison)]
}

function howLatencyCounts({ settings, stats }: Result): string[] {
  const counted = settings.rate
    ? 'Latencies count from when a request was due, so that a stall shows in every request that it held up (corrected for coordinated omission).'
    : 'Each connection sends its next request when the last one is answered; latencies count from then. For what people feel at a given load, use --rate.'
  if (!stats.errorsByKind[neverSent]) return [counted]
  const late = `The system did not keep up with ${settings.rate} requests a second, or ${settings.connections} connections were too few for it.`
  return [counted, late]
}

function bottlenecks({ generator }: Result): string[] {
  const notes: string[] = []
  if (generator.generatorBusy >= busyThread) {
    notes.push(
      `Warning: the generator was the bottleneck. Its one thread was busy for ${percent(generator.generatorBusy)} of the time (${percent(busyThread)} is too much), so the system can do more than this shows.`,
    )
  } else if (generator.lag >= lateMs) {
    notes.push(
      `Warning: the generator sent a request up to ${Math.round(generator.lag)} ms late although a connection was free (${lateMs} ms is too much). The slowest latencies are partly its own.`,
    )
  }
  if (generator.machineBusy >= busyMachine) {
    notes.push(
      `The cores of the generator’s machine were busy for ${percent(generator.machineBusy)} of the time, and the generator took ${generator.generatorCores.toFixed(2)} of a core. Where the system runs there too, the generator took that from it.`,
    )
  }
  return notes
}

function differences(comparison: Comparison | undefined): string[] {
  return (comparison?.differences ?? []).map((each) => `The runs are not alike: ${each}.`)
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
