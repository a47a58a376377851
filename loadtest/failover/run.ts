import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from '../client/client.js'
import type { Say } from '../progress.js'
import type { Outcome } from '../stats/outcome.js'
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

export interface RunOptions {
  /** Requests a second. */
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
  const client = new Client(cluster.url, {
    timeout,
    keepAlive: scenario.keepAlive,
    record: (each) => outcomes.push(each),
  })
  const run = `${scenario.name}-${Date.now().toString(36)}`
  const people = new People(client, run)
  await people.arrive(firstPeople)
  const started = performance.now()
  const working = people.work(options.rate)
  const faults: Fault[] = []
  try {
    await breakWhile(cluster, scenario, options, faults, outcomes)
  } finally {
    people.stop()
  }
  const ended = performance.now()
  await working
  const signedOut = await people.countSignedOut()
  client.close()
  const inTime = outcomes.filter(({ due }) => due >= started && due < ended)
  return {
    scenario,
    started,
    ended,
    outcomes: inTime,
    faults,
    audit: await audit(cluster, run, people.writes),
    signedOut,
  }
}

async function breakWhile(
  cluster: Cluster,
  { name, round }: Scenario,
  { rounds, say }: RunOptions,
  faults: Fault[],
  outcomes: Outcome[],
) {
  // The first seconds show how it is when all is well.
  await sleep(2_000)
  const note = (label: string) => {
    const fault: Fault = { at: performance.now(), label }
    faults.push(fault)
    return fault
  }
  for (let done = 1; done <= rounds; done++) {
    await round(cluster, note)
    const failed = outcomes.filter(({ error }) => error !== undefined).length
    say(name, done, rounds, ` · ${outcomes.length} requests, ${failed} failed · ${faults.at(-1)?.label}`)
  }
  await sleep(1_000)
}
