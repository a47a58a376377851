import { type Report, shown } from '../report/report.js'
import type { Comparison } from './comparison.js'
import type { Judgement } from './limits.js'
import { notesOn } from './notes.js'
import type { Result } from './result.js'
import {
  day,
  environmentTable,
  errorsTable,
  figuresTable,
  inShort,
  limitsTable,
  perReplica,
  perStep,
} from './tables.js'

/** A result as a report: the same for the terminal and the HTML file. */
export function present(result: Result, judgements: Judgement[], comparison: Comparison | undefined): Report {
  return {
    title: `Load test: ${result.scenario}`,
    verdict: verdictOn(result, judgements, comparison),
    notes: notesOn(result, comparison),
    tables: [
      figuresTable(result, comparison),
      errorsTable(result),
      perReplica(result),
      perStep(result),
      limitsTable(judgements),
      environmentTable(result),
    ],
    charts: chartsOf(result),
  }
}

/** What is wrong, or that nothing is, and the figures that people ask for first. */
function verdictOn(
  { figures }: Result,
  judgements: Judgement[],
  comparison: Comparison | undefined,
): Report['verdict'] {
  const broken = judgements.flatMap((each) => each.broken ?? [])
  const ok = broken.length === 0 && !comparison?.verdicts.some(({ worse }) => worse)
  const parts = [
    broken.join('; ') || `every limit held (${judgements.length})`,
    comparison && `Compared with the run of ${day(comparison.earlier)}: ${sentences(comparison)}`,
    `${shown(inShort(figures.requestsPerSecond))} requests a second, p50 ${shown(inShort(figures.latency.p50))} ms, p99 ${shown(inShort(figures.latency.p99))} ms, errors ${shown(figures.errors)}`,
  ]
  return { ok, text: `${parts.filter((part) => part !== undefined).join('. ')}.` }
}

function sentences({ verdicts }: Comparison): string {
  return verdicts.map(({ text }) => text).join('; ')
}

function chartsOf({ figures: { timeline, replicas } }: Result): Report['charts'] {
  const seconds = timeline.map(({ second }) => second)
  // nginx where it only told that no replica answered; a replica that answered nothing is to be seen.
  const shownReplicas = replicas.filter(({ requests, errors }) => requests === 0 || requests > errors)
  const percentiles = ['p50', 'p95', 'p99'] as const
  const charts: Report['charts'] = [
    {
      title: 'Answers as expected',
      unit: 'a second',
      seconds,
      lines: [
        { label: 'all', values: timeline.map(({ answered }) => answered) },
        ...shownReplicas.map(({ name }) => ({
          label: name,
          values: timeline.map((second) => second.replicas[name] ?? 0),
        })),
      ],
      marks: [],
    },
    {
      title: 'Latency',
      unit: 'ms',
      seconds,
      lines: percentiles.map((name) => ({
        label: name,
        values: timeline.map(({ latency }) => latency?.[name] ?? null),
      })),
      marks: [],
    },
  ]
  const errors = timeline.map((second) => second.errors)
  if (errors.every((count) => count === 0)) return charts
  return [
    ...charts,
    { title: 'Errors', unit: 'a second', seconds, lines: [{ label: 'errors', values: errors }], marks: [] },
  ]
}
