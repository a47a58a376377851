import { resolve } from 'node:path'
import * as z from 'zod'
import { parseOptions, wholeNumber } from '../cli.js'
import { type Scenario, scenarios } from './scenarios.js'

const names = scenarios.map(({ name }) => name).join(', ')

export const usage = `npm run failover -- [--scenario NAME] [--rounds N] [--rate N] [--short] [--base-url URL | --docker] [--out FOLDER]

  --scenario NAME  one of ${names}; without it, all in a row
  --rounds N       how often the fault happens; each scenario has its own number
  --rate N         requests a second (default: 200)
  --short          a few rounds, and no judgement of the times
  --base-url URL   against the system that npm start runs in this checkout, instead of one of its own
  --docker         against the containers of docker compose
  --out FOLDER     where the report goes (default: .bodega/failover)`

const schema = z.object({
  scenario: z.array(z.string().transform(scenarioCalled)).default(scenarios),
  rounds: wholeNumber(1, 1_000_000).optional(),
  rate: wholeNumber(1, 100_000).default(200),
  short: z.boolean().default(false),
  'base-url': z.url({ error: 'must be an address such as http://localhost:8080' }).optional(),
  docker: z.boolean().default(false),
  out: z.string().default('.bodega/failover'),
})

/** @throws {BadOption} saying what is wrong with which option */
export function readOptions() {
  const kinds = {
    scenario: { type: 'string', multiple: true },
    short: { type: 'boolean' },
    docker: { type: 'boolean' },
  } as const
  const { scenario, out, 'base-url': baseUrl, ...rest } = parseOptions(schema, kinds)
  return { ...rest, scenarios: scenario, baseUrl, out: resolve(out) }
}

function scenarioCalled(name: string, context: z.RefinementCtx<string>): Scenario {
  const scenario = scenarios.find((each) => each.name === name)
  if (scenario) return scenario
  context.addIssue({ code: 'custom', message: `must be one of ${names}` })
  return z.NEVER
}
