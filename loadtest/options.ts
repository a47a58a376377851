import { resolve } from 'node:path'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import * as z from 'zod'
import { type ScenarioName, scenarios } from './scenarios.js'

/** Thrown for what whoever typed the command can mend. */
export class BadOption extends Error {}

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

/** @throws {BadOption} saying what is wrong with which option */
export function readOptions(args: string[]) {
  const parsed = schema.safeParse(parse(args))
  if (!parsed.success) {
    throw new BadOption(parsed.error.issues.map(({ path, message }) => `--${path.join('.')} ${message}`).join('\n'))
  }
  const { 'base-url': url, 'warm-up': warmUp, 'seed-products': seedProducts, ...rest } = parsed.data
  const connections = rest.connections ?? scenarios[rest.scenario].connections
  return { ...rest, connections, warmUp, seedProducts, baseUrl: new URL(url).origin }
}

function parse(args: string[]) {
  const text = { type: 'string' } as const
  const options = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, text]))
  try {
    return parseArgs({ args, options: { ...options, help: { type: 'boolean' } } as ParseArgsConfig['options'] }).values
  } catch (error) {
    throw new BadOption((error as Error).message.split('. To specify')[0])
  }
}

/** A whole number; plain digits only, because Number() also reads "" and "1e3". */
function whole(least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}`
  return z
    .string()
    .regex(/^\d{1,9}$/, { error, abort: true })
    .transform(Number)
    .refine((number) => number >= least && number <= most, { error })
}

const schema = z.object({
  help: z.boolean().optional(),
  scenario: z.enum(names, { error: `must be one of ${names.join(', ')}` }).default('mixed'),
  'base-url': z
    .url({ protocol: /^https?$/, error: 'must be an address such as http://localhost:8080' })
    .default('http://localhost:8080'),
  duration: whole(1, 86_400).default(30),
  'warm-up': whole(0, 3_600).default(5),
  // nginx lets one address have a thousand connections: nginx.conf, limit_conn.
  connections: whole(1, 1_000).optional(),
  rate: whole(1, 100_000).optional(),
  compare: z.string().optional(),
  limits: z.string().optional(),
  'seed-products': whole(1, 10_000_000).optional(),
  out: z.string().default(() => resolve(process.env.BODEGA_FOLDER ?? '.bodega', 'loadtest')),
})
