import { type Report, shown } from '../../report/report.js'
import { timelineCharts } from '../../report/timeline-charts.js'
import type { Comparison } from './comparison.js'
import type { Judgement } from './limits.js'
import { notesOn } from './notes.js'
import type { Result } from './result.js'
import { day, environmentTable, errorsTable, inShort, limitsTable, perReplica, perStep, statsTable } from './tables.js'

/** A result as a report: the same for the terminal and the HTML file. */
export function present(result: Result, judgements: Judgement[], comparison: Comparison | undefined): Report {
  return {
    title: `Load test: ${result.scenario}`,
    verdict: verdictOn(result, judgements, comparison),
    notes: notesOn(result, comparison),
    tables: [
      statsTable(result, comparison),
      errorsTable(result),
      perReplica(result),
      perStep(result),
      limitsTable(judgements),
      environmentTable(result),
    ],
    charts: timelineCharts('', result.stats.timeline, replicasOf(result), []),
  }
}

/** What is wrong, or that nothing is, and the stats that people ask for first. */
function verdictOn({ stats }: Result, judgements: Judgement[], comparison: Comparison | undefined): Report['verdict'] {
  const broken = judgements.flatMap((each) => each.broken ?? [])
  const ok = broken.length === 0 && !comparison?.verdicts.some(({ worse }) => worse)
  const parts = [
    broken.join('; ') || `every limit held (${judgements.length})`,
    comparison && `Compared with the run of ${day(comparison.earlier)}: ${sentences(comparison)}`,
    `${shown(inShort(stats.requestsPerSecond))} requests a second, p50 ${shown(inShort(stats.latency.p50))} ms, p99 ${shown(inShort(stats.latency.p99))} ms, errors ${shown(stats.errors)}`,
  ]
  return { ok, text: `${parts.filter((part) => part !== undefined).join('. ')}.` }
}

function sentences({ verdicts }: Comparison): string {
  return verdicts.map(({ text }) => text).join('; ')
}

/** nginx only appears here where it reported that no replica answered; a replica that answered nothing is to be seen. */
function replicasOf({ stats }: Result): string[] {
  return stats.replicas.filter(({ requests, errors }) => requests === 0 || requests > errors).map(({ name }) => name)
}
