import { Option } from '@commander-js/extra-typings'
import { createCommand } from '../../stack/command.js'
import { address, wholeNumber } from '../cli.js'
import { scenarios } from './scenarios.js'

const names = scenarios.map(({ name }) => name)

const command = createCommand('failover')
  .addOption(new Option('--scenario <name...>', 'only these, instead of all in a row').choices(names))
  .option('--rounds <n>', 'how often the fault happens (default: by scenario)', wholeNumber(1, 1_000_000))
  .option('--rate <n>', 'requests a second', wholeNumber(1, 100_000), 200)
  .option('--short', 'a few rounds, and no judgement of the times', false)
  .option('--base-url <url>', 'the system that npm start runs in this checkout, instead of one of its own', address)
  .option('--docker', 'the containers of docker compose, instead of that', false)
  .option('--out <folder>', 'where the report goes', '.bodega/failover')

/** Ends the process where an option is wrong. */
export function readOptions() {
  const { scenario = names, ...rest } = command.parse().opts()
  return { ...rest, scenarios: scenarios.filter(({ name }) => scenario.includes(name)) }
}
