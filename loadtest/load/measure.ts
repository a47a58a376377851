import { setTimeout as sleep } from 'node:timers/promises'
import { Browser } from '../client/browser.js'
import { measureCpu } from '../machine.js'
import { progressOn } from '../progress.js'
import { Recorder } from '../stats/recorder.js'
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
  const cpuUse = measureCpu()
  const { recorder, lag } = await applyLoad('measuring', duration, options, visitors)
  return {
    bodegaLoadTest: 2,
    scenario,
    startedAt,
    settings: { baseUrl, connections, rate: rate ?? null, duration, warmUp },
    stats: recorder.stats(stack?.replicas.map(({ name }) => name)),
    generator: { ...cpuUse(), lag },
    environment: { ...(await readEnvironment(stack)), products: await countProducts(stack, people[0]) },
  }
}

async function applyLoad(step: string, duration: number, { baseUrl, rate }: Options, visitors: Visitor[]) {
  const recorder = new Recorder(performance.now(), duration)
  const load = { baseUrl, duration, timeout, record: recorder.record }
  const loading = rate ? loadAtRate(rate, load, visitors) : loadAtFullSpeed(load, visitors)
  const [lag] = await Promise.all([loading, countSeconds(step, duration)])
  return { recorder, lag: lag ?? 0 }
}

async function countSeconds(step: string, seconds: number) {
  for (let second = 1; second <= seconds; second++) {
    await sleep(1000)
    say(`${step}, seconds`, second, seconds)
  }
}

async function expectSystem(baseUrl: string) {
  const response = await fetch(baseUrl, { redirect: 'manual', signal: AbortSignal.timeout(10_000) }).catch((error) => {
    const reason = error.cause?.code ?? error.cause?.message ?? error.message
    throw new Error(`No Bodega answers at ${baseUrl} (${reason}). Start it with: npm start`)
  })
  await response.arrayBuffer()
  if (!response.headers.has('x-served-by')) throw new Error(`What answers at ${baseUrl} is no Bodega.`)
  if (response.status !== 200) throw new Error(`Bodega at ${baseUrl} is not well: it answers ${response.status}.`)
}

/** The people of the scenario, and a catalogue of the size that was asked for. */
async function prepare(options: Options, scenario: Scenario, stack: LocalStack | undefined): Promise<Person[]> {
  const { baseUrl, connections, seedProducts = 0 } = options
  const accounts = scenario.visitors === 'anonymous' ? 0 : connections
  const people = await signUpPeople(baseUrl, Math.max(accounts, seedProducts ? 1 : 0), say)
  const [first] = people
  if (!first || !seedProducts) return people
  if (stack) await fillDatabase(stack, first, seedProducts, say)
  else await addThroughApplication(first, Math.max(0, seedProducts - ((await countProducts(stack, first)) ?? 0)), say)
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
