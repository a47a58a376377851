import { resolve } from 'node:path'
import * as z from 'zod'
import { parseOptions, wholeNumber } from '../cli.js'
import { type ScenarioName, scenarios } from './scenarios.js'

export type Options = ReturnType<typeof readOptions>

const names = Object.keys(scenarios) as [ScenarioName, ...ScenarioName[]]

export const usage = `npm run loadtest -- [OPTION...]

  --scenario NAME      ${names.join(', ')} (default: mixed)
  --base-url URL       the running system (default: http://localhost:8080)
  --duration S         how long to measure, in seconds (default: 30)
  --warm-up S          how long to run before that, not counted (default: 5)
  --connections N      people at once, each on a connection (default: the scenario's)
  --rate N             requests a second, whatever the answers take (default: as many as the connections can)
  --compare FILE       the JSON of an earlier run, to put beside this one
  --limits FILE        what decides whether the run passes (default: loadtest/limits.json)
  --seed-products N    fill the catalogue up to so many products first
  --out FOLDER         where the JSON and the HTML go (default: .bodega/loadtest)`

const schema = z.object({
  scenario: z.enum(names, { error: `must be one of ${names.join(', ')}` }).default('mixed'),
  'base-url': z
    .url({ protocol: /^https?$/, error: 'must be an address such as http://localhost:8080' })
    .default('http://localhost:8080'),
  duration: wholeNumber(1, 86_400).default(30),
  'warm-up': wholeNumber(0, 3_600).default(5),
  // nginx lets one address have a thousand connections: nginx.conf, limit_conn.
  connections: wholeNumber(1, 1_000).optional(),
  rate: wholeNumber(1, 100_000).optional(),
  compare: z.string().optional(),
  limits: z.string().optional(),
  'seed-products': wholeNumber(1, 10_000_000).optional(),
  out: z.string().default(() => resolve(process.env.BODEGA_FOLDER ?? '.bodega', 'loadtest')),
})

/** @throws {BadOption} saying what is wrong with which option */
export function readOptions() {
  const { 'base-url': url, 'warm-up': warmUp, 'seed-products': seedProducts, ...rest } = parseOptions(schema)
  const connections = rest.connections ?? scenarios[rest.scenario].connections
  return { ...rest, connections, warmUp, seedProducts, baseUrl: new URL(url).origin }
}
