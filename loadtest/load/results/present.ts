import { type Report, shown } from '../../report/report.js'
import { timelineCharts } from '../../report/timeline-charts.js'
import type { Comparison } from './comparison.js'
import type { Judgement } from './limits.js'
import { notesOn } from './notes.js'
import type { Result } from './result.js'
import { day, environmentTable, errorsTable, inShort, limitsTable, partsTable, resultsTable } from './tables.js'

/** A result as a report: the same for the terminal and the HTML file. */
export function present(result: Result, judgements: Judgement[], comparison: Comparison | undefined): Report {
  return {
    title: `Load test: ${result.scenario}`,
    verdict: verdictOn(result, judgements, comparison),
    notes: notesOn(result, comparison),
    tables: [
      resultsTable(result, comparison),
      errorsTable(result),
      partsTable('By replica', 'Replica', result.stats.replicas),
      partsTable('By step', 'Step', result.stats.steps),
      limitsTable(judgements),
      environmentTable(result),
    ],
    charts: timelineCharts('', result.stats.timeline, replicasOf(result), []),
  }
}

/** What is wrong, or that nothing is, and the numbers that people ask for first. */
function verdictOn({ stats }: Result, judgements: Judgement[], comparison: Comparison | undefined): Report['verdict'] {
  const broken = judgements.flatMap((each) => each.broken ?? [])
  const { requestsPerSecond, latency, errors } = stats
  const [rate, p50, p99] = [requestsPerSecond, latency.p50, latency.p99].map((value) => shown(inShort(value)))
  const parts = [
    broken.join('; ') || `every limit held (${judgements.length})`,
    ...(comparison ? [sentenceOn(comparison)] : []),
    `${rate} requests a second, p50 ${p50} ms, p99 ${p99} ms, errors ${shown(errors)}`,
  ]
  const ok = broken.length === 0 && !comparison?.verdicts.some(({ worse }) => worse)
  return { ok, text: `${parts.join('. ')}.` }
}

function sentenceOn({ earlier, verdicts }: Comparison): string {
  return `Compared with the run of ${day(earlier)}: ${verdicts.map(({ text }) => text).join('; ')}`
}

/** nginx only appears here where it reported that no replica answered; a replica that answered nothing is to be seen. */
function replicasOf({ stats }: Result): string[] {
  return stats.replicas.filter(({ requests, errors }) => requests === 0 || requests > errors).map(({ name }) => name)
}
