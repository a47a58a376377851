import { execFileSync } from 'node:child_process'
import { Agent } from 'node:http'
import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { audit } from './audit.js'
import type { Cluster } from './cluster.js'
import type { Run } from './figures.js'
import { Ledger } from './ledger.js'
import { People } from './people.js'
import type { Fault, Scenario } from './scenarios.js'

export interface RunOptions {
  /** Requests a second. */
  rate: number
  rounds: number
  /** Told now and then how it goes. */
  progress: (line: string) => void
}

/** How many have accounts before the first fault; more come while it runs. */
const firstPeople = 12

/** Puts people on a system, does to it what the scenario says, and holds what they were told against what is there. */
export async function runScenario(cluster: Cluster, scenario: Scenario, options: RunOptions): Promise<Run> {
  const agent = new Agent({ keepAlive: scenario.keepAlive, maxSockets: Number.POSITIVE_INFINITY })
  const ledger = new Ledger(cluster.url, agent)
  const run = `${scenario.name}-${Date.now().toString(36)}`
  const people = new People(ledger, run)
  await people.arrive(firstPeople)

  const started = Date.now()
  const faults: Fault[] = []
  const note = (label: string) => {
    const fault: Fault = { at: Date.now(), label }
    faults.push(fault)
    return fault
  }
  const living = people.live(options.rate)
  // The first seconds show how it is when all is well.
  await sleep(2_000)
  try {
    for (let round = 1; round <= options.rounds; round++) {
      await scenario.round(cluster, note)
      const { entries, failed } = ledger
      options.progress(
        `${scenario.name} ${round}/${options.rounds} · ${entries.length} requests · ${failed.length} failed · ${faults.at(-1)?.label ?? ''}`,
      )
    }
    await sleep(1_000)
  } finally {
    people.stop()
    await living
  }
  const ended = Date.now()
  const signedOut = await people.countSignedOut()
  agent.destroy()
  const entries = ledger.entries.filter(({ due }) => due >= started && due < ended)
  return { scenario, started, ended, entries, faults, audit: await audit(cluster, run, people.deeds), signedOut }
}

/** What a reader must know of the machine to judge the figures. */
export function describeEnvironment(rate: number): string[] {
  const [cpu] = cpus()
  return [
    `People sent ${rate} requests a second from the machine that also ran the system: ${cpus().length} cores (${cpu?.model.trim()}), Node ${process.versions.node}, commit ${commit()}.`,
  ]
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    return 'unknown'
  }
}
