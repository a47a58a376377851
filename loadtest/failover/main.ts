import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import getPort from 'get-port'
import { readStackRecord, type StackRecord } from '../../stack/record.js'
import { type Stack, startStack } from '../../stack/stack.js'
import { renderReport } from '../report/report.js'
import { renderForTerminal } from '../report/terminal.js'
import type { Cluster } from './cluster.js'
import { dockerCluster } from './docker-cluster.js'
import { figuresOf } from './figures.js'
import { localCluster } from './local-cluster.js'
import { reportOf } from './report.js'
import { describeEnvironment, runScenario } from './run.js'
import { type Scenario, scenarios } from './scenarios.js'

/** `npm run failover`: kills what can be killed while people work, and says whether anybody noticed. */
const usage = `npm run failover -- [--scenario NAME] [--rounds N] [--rate N] [--short] [--base-url URL | --docker] [--out FOLDER]

  --scenario NAME  one of ${scenarios.map(({ name }) => name).join(', ')}; without it, all in a row
  --rounds N       how often the fault happens; each scenario has its own number
  --rate N         requests a second, 200 by default
  --short          a few rounds, and no judgement of the times
  --base-url URL   against the system that npm start runs in this checkout, instead of one of its own
  --docker         against the containers of docker compose
  --out FOLDER     where the report goes, .bodega/failover by default`

const options = readOptions()
let own: Stack | undefined
let code = 1
try {
  const cluster = await findCluster()
  const runs = []
  for (const scenario of options.scenarios) {
    const rounds = options.rounds ?? scenario.rounds[options.short ? 'short' : 'full']
    runs.push(await runScenario(cluster, scenario, { rate: options.rate, rounds, progress }))
  }
  progress('')
  const report = reportOf(runs, !options.short, describeEnvironment(options.rate))
  console.log(renderForTerminal(report))
  mkdirSync(options.out, { recursive: true })
  writeFileSync(join(options.out, 'failover.html'), renderReport(report))
  writeFileSync(
    join(options.out, 'failover.json'),
    JSON.stringify({ verdict: report.verdict, figures: runs.map(figuresOf) }, null, 2),
  )
  console.log(`\nThe report: ${join(options.out, 'failover.html')}`)
  code = report.verdict.ok ? 0 : 1
} catch (error) {
  console.error(`\n${(error as Error).message}`)
} finally {
  await own?.stop()
}
process.exit(code)

async function findCluster(): Promise<Cluster> {
  if (options.docker) return dockerCluster()
  const baseUrl = options['base-url']
  if (baseUrl) {
    const folder = resolve(process.env.BODEGA_FOLDER ?? '.bodega')
    const running = readStackRecord(folder)
    // Only what this checkout runs can be killed from here.
    if (running?.url !== new URL(baseUrl).origin)
      throw new Error(`This checkout runs no Bodega at ${baseUrl}: npm start`)
    return localCluster(folder, running)
  }
  // A system of its own, so that the people and products of these tests stay out of everybody else's.
  const folder = resolve('.bodega/failover/system')
  const port = await getPort()
  own = await startStack({ folder, address: '127.0.0.1', port, say: (step) => console.log(`· ${step}`) })
  return localCluster(folder, readStackRecord(folder) as StackRecord)
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        scenario: { type: 'string', multiple: true },
        rounds: { type: 'string' },
        rate: { type: 'string', default: '200' },
        short: { type: 'boolean', default: false },
        'base-url': { type: 'string' },
        docker: { type: 'boolean', default: false },
        out: { type: 'string', default: '.bodega/failover' },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      console.log(usage)
      process.exit(0)
    }
    return {
      ...values,
      out: resolve(values.out),
      scenarios: values.scenario ? values.scenario.map(scenarioCalled) : scenarios,
      rounds: values.rounds === undefined ? undefined : wholeNumber('--rounds', values.rounds),
      rate: wholeNumber('--rate', values.rate),
    }
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    process.exit(2)
  }
}

function scenarioCalled(name: string): Scenario {
  const scenario = scenarios.find((each) => each.name === name)
  if (!scenario) throw new Error(`There is no scenario "${name}".`)
  return scenario
}

function wholeNumber(option: string, text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new Error(`${option} must be a whole number above 0; it is "${text}".`)
  return Number(text)
}

/** On a terminal one line that changes; in a log a line each time. */
function progress(line: string) {
  if (process.stdout.isTTY) process.stdout.write(`\r\u001b[2K${line}`)
  else if (line) console.log(line)
}
