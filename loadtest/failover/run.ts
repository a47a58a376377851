import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from '../client/client.js'
import type { Say } from '../progress.js'
import { isFailed, type Outcome } from '../stats/outcome.js'
import { type Audit, audit } from './audit.js'
import type { Cluster } from './cluster.js'
import { People } from './people.js'
import type { Fault, Scenario } from './scenarios.js'

/** What happened in one scenario, as it was recorded; times in milliseconds, by performance.now(). */
export interface Run {
  scenario: Scenario
  started: number
  ended: number
  outcomes: Outcome[]
  faults: Fault[]
  audit: Audit
  signedOut: number
}

/** @property rate requests a second */
interface RunOptions {
  rate: number
  rounds: number
  say: Say
}

/** How many have accounts before the first fault; more come while it runs. */
const firstPeople = 12

/** Longer than the product may take for anything: a hung replica's read timeout, and the database's absence. */
const timeout = 35_000

/** Puts people on a system, breaks it as the scenario says, and audits what they were promised. */
export async function runScenario(cluster: Cluster, scenario: Scenario, options: RunOptions): Promise<Run> {
  const outcomes: Outcome[] = []
  const record = (outcome: Outcome) => outcomes.push(outcome)
  const client = new Client(cluster.url, { timeout, keepAlive: scenario.keepAlive, record })
  const run = `${scenario.name}-${Date.now().toString(36)}`
  const people = new People(client, run, scenario)
  await scenario.prepare?.()
  await people.arrive(firstPeople)
  const started = performance.now()
  const faults: Fault[] = []
  const ended = await people.workWhile(options.rate, breakAll(cluster, scenario, options, faults, outcomes))
  const signedOut = await people.countSignedOut()
  client.close()
  const found = await audit(cluster, run, people.writes)
  const inTime = outcomes.filter(({ due }) => due >= started && due < ended)
  return { scenario, started, ended, outcomes: inTime, faults, audit: found, signedOut }
}

/** @returns when it was over, by performance.now() */
async function breakAll(
  cluster: Cluster,
  { name, round }: Scenario,
  { rounds, say }: RunOptions,
  faults: Fault[],
  outcomes: Outcome[],
): Promise<number> {
  const note = (label: string) => faults[faults.push({ at: performance.now(), label }) - 1] as Fault
  // The first seconds show how it is when all is well.
  await sleep(2_000)
  for (let done = 1; done <= rounds; done++) {
    await round(cluster, note)
    const failed = outcomes.filter(isFailed).length
    say(name, done, rounds, ` · ${outcomes.length} requests, ${failed} failed · ${faults.at(-1)?.label}`)
  }
  await sleep(1_000)
  return performance.now()
}
