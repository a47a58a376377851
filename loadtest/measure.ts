import { measureCpu } from './cpu.js'
import { countProducts, readEnvironment } from './environment.js'
import { applyLoad } from './generator/load.js'
import { findLocalStack, type LocalStack } from './local-stack.js'
import type { Options } from './options.js'
import { readCatalogue, unknownCatalogue } from './preparation/catalogue.js'
import { type Person, signUpPeople } from './preparation/people.js'
import { progressOn } from './preparation/progress.js'
import { addThroughApplication, fillDatabase } from './preparation/seed.js'
import type { Result } from './result/result.js'
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
  const replicas = stack?.replicas.map(({ name }) => name) ?? []

  const load = { baseUrl, rate, timeout }
  if (warmUp > 0) await applyLoad({ ...load, duration: warmUp, tick: tell('warming up', warmUp) }, visitors, replicas)
  const startedAt = new Date().toISOString()
  const cpuUse = measureCpu()
  const { figures, lag } = await applyLoad({ ...load, duration, tick: tell('measuring', duration) }, visitors, replicas)
  return {
    bodegaLoadTest: 1,
    scenario,
    startedAt,
    settings: { baseUrl, connections, rate: rate ?? null, duration, warmUp },
    figures,
    generator: { ...cpuUse(), lag },
    environment: {
      ...(await readEnvironment(stack)),
      products: await countProducts(baseUrl, stack, people[0]),
    },
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
  const { baseUrl, connections, seedProducts } = options
  const accounts = scenario.visitors === 'anonymous' ? 0 : connections
  const people = await signUpPeople(baseUrl, Math.max(accounts, seedProducts ? 1 : 0), say)
  const [first] = people
  if (!seedProducts || !first) return people
  if (stack) {
    await fillDatabase(stack, first, seedProducts, say)
  } else {
    const there = (await countProducts(baseUrl, stack, first)) ?? 0
    await addThroughApplication(baseUrl, first, Math.max(0, seedProducts - there), say)
  }
  return people
}

async function visitorsFor(
  scenario: Scenario,
  people: Person[],
  { baseUrl, connections }: Options,
): Promise<Visitor[]> {
  const [first] = people
  const catalogue = scenario.readsProducts && first ? await readCatalogue(baseUrl, first, say) : unknownCatalogue
  return Array.from({ length: connections }, (_, index) => {
    const { account, cookies } = people[index] ?? nobody
    const jar = scenario.visitors === 'signed in' ? cookies : new Map()
    return new Visitor({ account, cookies: jar, catalogue }, scenario.journey)
  })
}

const nobody: Person = { account: { email: '', password: '' }, cookies: new Map() }

function tell(step: string, seconds: number) {
  return (second: number) => say(`${step}, seconds`, second, seconds)
}
