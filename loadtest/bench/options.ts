import { InvalidArgumentError, Option } from '@commander-js/extra-typings'
import { createCommand } from '../../stack/command.js'
import { wholeNumber } from '../cli.js'

const command = createCommand('bench')
  .option('--rounds <n>', 'how often each page is measured; the median counts', wholeNumber(1, 100), 5)
  .option('--seconds <n>', 'how long each time', wholeNumber(1, 600), 4)
  .option('--connections <n>', 'requests at once (default: 32; 8 with --growth)', wholeNumber(1, 1_000))
  .option('--products <n>', 'how many there are', wholeNumber(20, 10_000_000), 10_000)
  .addOption(new Option('--grep <pattern>', 'only pages whose name matches').argParser(pattern).default(/^/, 'all'))
  .option('--compare <file>', 'the JSON of an earlier run, to put beside this one')
  .option('--profile', 'also say where the time of a replica goes, by package', false)
  .addOption(
    new Option('--growth [sizes]', 'instead, how much slower the pages are among more products')
      .preset('1000,100000,1000000')
      .argParser(ascending)
      .conflicts(['products', 'compare', 'profile']),
  )
  .option('--out <folder>', 'where the JSON goes', '.bodega/bench')

/** Ends the process where an option is wrong. */
export function readOptions() {
  const options = command.parse().opts()
  return { ...options, connections: options.connections ?? (options.growth ? 8 : 32) }
}

function pattern(text: string): RegExp {
  try {
    return new RegExp(text)
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

/** Reads an option that is a list of numbers of products. */
function ascending(text: string): number[] {
  const sizes = text.split(',').map(wholeNumber(200, 10_000_000))
  if (sizes.length > 1 && sizes.every((size, index) => index === 0 || size > (sizes[index - 1] as number))) return sizes
  throw new InvalidArgumentError('It must be at least two numbers, the smallest first, such as 1000,100000.')
}
