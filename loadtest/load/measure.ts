import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { Browser } from '../client/browser.js'
import { Client } from '../client/client.js'
import { open } from '../client/step.js'
import { progressOn } from '../progress.js'
import type { Outcome } from '../stats/outcome.js'
import { statsOf } from '../stats/stats.js'
import { loadAtRate } from './at-rate.js'
import { countProducts, readEnvironment } from './environment.js'
import { loadAtFullSpeed } from './full-speed.js'
import { findLocalStack, type LocalStack } from './local-stack.js'
import type { Options } from './options.js'
import { readCatalogue, unknownCatalogue } from './preparation/catalogue.js'
import { type Person, signUpPeople } from './preparation/people.js'
import { addThroughApplication, fillDatabase } from './preparation/seed.js'
import type { Result } from './results/result.js'
import { type Scenario, scenarios } from './scenarios.js'
import { Visitor } from './visitor.js'

const say = progressOn(process.stderr)

/** How long a request may take, in seconds: as long as nginx lets a replica take for one attempt. */
const timeout = 10

/** Prepares the system, warms it up, and measures. @throws {Error} with what to do where no system answers */
export async function measure(options: Options): Promise<Result> {
  const { baseUrl, scenario, duration, warmUp, connections, rate } = options
  await expectSystem(baseUrl)
  const stack = findLocalStack(baseUrl)
  const people = await prepare(options, scenarios[scenario], stack)
  const visitors = await visitorsFor(scenarios[scenario], people, options)
  if (warmUp > 0) await applyLoad('warming up', warmUp, options, visitors)
  const startedAt = new Date().toISOString()
  const before = performance.eventLoopUtilization()
  const { outcomes, start, lag } = await applyLoad('measuring', duration, options, visitors)
  const names = stack?.replicas.map(({ name }) => name)
  return {
    bodegaLoadTest: 2,
    scenario,
    startedAt,
    settings: { baseUrl, connections, rate: rate ?? null, duration, warmUp },
    stats: statsOf(outcomes, start, duration, names),
    generator: { busy: performance.eventLoopUtilization(before).utilization, lag },
    environment: { ...(await readEnvironment(stack)), products: await countProducts(stack, people[0]) },
  }
}

async function applyLoad(step: string, duration: number, { baseUrl, rate }: Options, visitors: Visitor[]) {
  const outcomes: Outcome[] = []
  const start = performance.now()
  const load = { baseUrl, start, duration, timeout, record: (outcome: Outcome) => outcomes.push(outcome) }
  const loading = rate ? loadAtRate(rate, load, visitors) : loadAtFullSpeed(load, visitors)
  const [lag] = await Promise.all([loading, countSeconds(step, duration)])
  return { outcomes, start, lag: lag ?? 0 }
}

async function countSeconds(step: string, seconds: number) {
  for (let second = 1; second <= seconds; second++) {
    await sleep(1000)
    say(`${step}, seconds`, second, seconds)
  }
}

async function expectSystem(baseUrl: string) {
  const client = new Client(baseUrl, { timeout: timeout * 1000, record: () => {} })
  const { status, headers, error } = await client.send(open('GET /', '/'), new Browser(baseUrl))
  client.close()
  if (!status) throw new Error(`No Bodega answers at ${baseUrl} (${error}). Start it with: npm start`)
  if (!headers['x-served-by']) throw new Error(`What answers at ${baseUrl} is no Bodega.`)
  if (error) throw new Error(`Bodega at ${baseUrl} is not well: ${error}.`)
}

/** The people of the scenario, and a catalogue of the size that was asked for. */
async function prepare(options: Options, scenario: Scenario, stack: LocalStack | undefined): Promise<Person[]> {
  const { baseUrl, connections, seedProducts = 0 } = options
  const accounts = scenario.visitors === 'anonymous' ? 0 : connections
  const people = await signUpPeople(baseUrl, Math.max(accounts, seedProducts ? 1 : 0), say)
  const [first] = people
  const missing = seedProducts - ((await countProducts(stack, first)) ?? 0)
  if (!first || missing <= 0) return people
  await (stack ? fillDatabase(stack, people, missing, say) : addThroughApplication(first, missing, say))
  return people
}

async function visitorsFor({ visitors, readsProducts, journey }: Scenario, people: Person[], options: Options) {
  const { baseUrl, connections } = options
  const [first] = people
  const catalogue = readsProducts && first ? await readCatalogue(first, say) : unknownCatalogue
  return Array.from({ length: connections }, (_, index) => {
    const { account = { email: '', password: '' }, browser } = people[index] ?? {}
    const own = visitors === 'signed in' && browser ? browser : new Browser(baseUrl)
    return new Visitor(own, { account, catalogue }, journey)
  })
}
