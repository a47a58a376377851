import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { measure } from './measure.js'
import { BadOption, type Options, readOptions, usage } from './options.js'
import { renderReport } from './report/report.js'
import { renderForTerminal } from './report/terminal.js'
import { compare, sameLoad } from './result/comparison.js'
import { judge, parseLimits } from './result/limits.js'
import { present } from './result/present.js'
import { type Comparable, parseComparable, type Result } from './result/result.js'

/** `npm run loadtest`. Exit 0: within the limits; 1: a limit is broken, or no measurement; 2: the command is wrong. */
const limitsFile = fileURLToPath(new URL('../../loadtest/limits.json', import.meta.url))

try {
  const options = readOptions(process.argv.slice(2))
  if (options.help) console.log(usage)
  else if (!(await run(options))) process.exitCode = 1
} catch (error) {
  console.error(`\n${(error as Error).message}`)
  process.exitCode = error instanceof BadOption ? 2 : 1
}

/** Whether every limit held. The files are read before the load, so that none is applied in vain. */
async function run(options: Options): Promise<boolean> {
  const limits = readInput('--limits', options.limits ?? limitsFile, parseLimits)
  const earlier = options.compare === undefined ? undefined : readInput('--compare', options.compare, parseComparable)
  if (earlier) expectAlike(earlier, options)
  const result = await measure(options)
  const comparison = earlier && compare(earlier, result, limits)
  const report = present(result, judge(result, limits, options.scenario), comparison)
  const files = write(options.out, result, renderReport(report))
  console.log(`\n${renderForTerminal(report)}\n\n${files.join('\n')}`)
  return report.verdict.ok
}

function expectAlike({ scenario, settings }: Comparable, options: Options) {
  const { connections, rate = null } = options
  if (scenario === options.scenario && sameLoad(settings, { connections, rate })) return
  const then = `--scenario ${scenario} --connections ${settings.connections}${settings.rate ? ` --rate ${settings.rate}` : ''}`
  throw new BadOption(`--compare: that run was under another load, and tells nothing about this one. It had: ${then}`)
}

function readInput<T>(option: string, file: string, parse: (text: string) => T): T {
  try {
    return parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new BadOption(`${option}: ${file} cannot be used. ${(error as Error).message}`)
  }
}

function write(folder: string, result: Result, html: string): string[] {
  mkdirSync(folder, { recursive: true })
  const name = join(folder, `${result.scenario}-${result.startedAt.replace(/[:.]/g, '-')}`)
  writeFileSync(`${name}.json`, `${JSON.stringify(result, null, 2)}\n`)
  writeFileSync(`${name}.html`, html)
  return [`${name}.html`, `${name}.json`]
}
