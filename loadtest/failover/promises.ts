import type { Figures } from './figures.js'

/** What the product promises, beyond 0 failed, lost, doubled and signed out. Times in milliseconds. */
const promises: Record<string, { p99After?: number; worst?: number; mayFail?: true }> = {
  kill: { p99After: 250, worst: 1_500 },
  // Those who were at the hung replica wait for nginx's read timeout of 10 s, once.
  hang: { worst: 12_000 },
  // While the server is away longer than a request waits, people are told so.
  database: { mayFail: true },
}

/** What of the promises a run broke, each in words. @param timed whether the promised times count too */
export function breachesOf(figures: Figures, timed: boolean): string[] {
  const { p99After, worst, mayFail } = promises[figures.scenario] ?? {}
  const breaches: string[] = []
  const check = (what: string, value: number, most: number) => {
    if (value > most) breaches.push(`${figures.scenario}: ${what} ${Math.round(value)}, promised ${most}`)
  }
  if (!mayFail) check('failed requests', figures.failed, 0)
  check('lost writes', figures.lost, 0)
  check('doubled writes', figures.doubled, 0)
  check('people signed out', figures.signedOut, 0)
  if (timed && p99After !== undefined) check('p99 ms in the second after', figures.p99After, p99After)
  if (timed && worst !== undefined) check('worst ms', figures.worst, worst)
  return breaches
}
