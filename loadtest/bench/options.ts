import { Option } from '@commander-js/extra-typings'
import { createCommand, wholeNumber } from '../cli.js'

const command = createCommand('bench')
  .option('--rounds <n>', 'how often each page is measured; the median counts', wholeNumber(1, 100), 5)
  .option('--seconds <n>', 'how long each time', wholeNumber(1, 600), 4)
  .option('--connections <n>', 'requests at once', wholeNumber(1, 1_000), 32)
  .option('--products <n>', 'how many there are', wholeNumber(20, 10_000_000), 10_000)
  .addOption(
    new Option('--grep <pattern>', 'only pages whose name matches')
      .argParser((text) => new RegExp(text))
      .default(/^/, 'all'),
  )
  .option('--compare <file>', 'the JSON of an earlier run, to put beside this one')
  .option('--profile', 'also say where the time of a replica goes, by package', false)
  .option('--out <folder>', 'where the JSON goes', '.bodega/bench')

/** Ends the process where an option is wrong. */
export function readOptions() {
  return command.parse().opts()
}
