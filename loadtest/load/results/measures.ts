import type { Result } from './result.js'

const latency = { unit: ' ms', least: false }

/** What a limit can be set for, and what runs are compared by; `least` where more is better. */
export const measures = {
  errorPercent: { name: 'the share of errors', unit: ' %', least: false },
  requestsPerSecond: { name: 'requests a second', unit: '', least: true },
  p50: { name: 'p50', ...latency },
  p90: { name: 'p90', ...latency },
  p95: { name: 'p95', ...latency },
  p99: { name: 'p99', ...latency },
  p999: { name: 'p99.9', ...latency },
  max: { name: 'slowest', ...latency },
  fairness: { name: 'fairness', unit: '', least: true },
} as const

export type MeasureKey = keyof typeof measures
export const measureKeys = Object.keys(measures) as [MeasureKey, ...MeasureKey[]]

export function measured({ requests, errors, requestsPerSecond, latency, fairness }: Result['stats']) {
  const errorPercent = (errors / Math.max(1, requests)) * 100
  return { errorPercent, requestsPerSecond, ...latency, fairness: fairness ?? 0 } satisfies Record<MeasureKey, number>
}
