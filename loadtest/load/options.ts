import { join } from 'node:path'
import { Option } from '@commander-js/extra-typings'
import { root, stackFolder } from '../../stack/checkout.js'
import { createCommand } from '../../stack/command.js'
import { readStackRecord } from '../../stack/record.js'
import { address, wholeNumber } from '../cli.js'
import { type ScenarioName, scenarios } from './scenarios.js'

export type Options = ReturnType<typeof readOptions>

const names = Object.keys(scenarios) as [ScenarioName, ...ScenarioName[]]
const limits = join(root, 'loadtest/limits.json')
const out = join(stackFolder(), 'loadtest')

export const command = createCommand('loadtest')
  .addOption(new Option('--scenario <name>', 'what its people do').choices(names).default('mixed' as const))
  .option(
    '--base-url <url>',
    'the running system',
    address,
    readStackRecord(stackFolder())?.url ?? 'http://localhost:8080',
  )
  // Each outcome is kept in memory until the end.
  .option('--duration <s>', 'how long to measure, in seconds', wholeNumber(1, 21_600), 30)
  .option('--warm-up <s>', 'how long to run before that, not counted', wholeNumber(0, 3_600), 5)
  // nginx lets one address have a thousand connections: nginx.conf, limit_conn.
  .option('--connections <n>', 'people at once, each on a connection (default: by scenario)', wholeNumber(1, 1_000))
  .option('--rate <n>', 'requests a second (default: as many as the connections can)', wholeNumber(1, 100_000))
  .option('--compare <file>', 'the JSON of an earlier run, to put beside this one')
  .option('--limits <file>', 'what decides whether the run passes', limits)
  .option('--seed-products <n>', 'fill the catalogue up to so many products first', wholeNumber(1, 10_000_000))
  .option('--out <folder>', 'where the JSON and the HTML go', out)

/** Ends the process where an option is wrong. */
export function readOptions() {
  const options = command.parse().opts()
  return { ...options, connections: options.connections ?? scenarios[options.scenario].connections }
}
