import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BadOption, runCommand } from './cli.js'
import { measure } from './load/measure.js'
import { type Options, readOptions, usage } from './load/options.js'
import { compare, sameLoad } from './load/results/comparison.js'
import { judge, parseLimits } from './load/results/limits.js'
import { present } from './load/results/present.js'
import { type Comparable, parseComparable, type Result } from './load/results/result.js'
import { renderReport } from './report/report.js'
import { renderForTerminal } from './report/terminal.js'

/** `npm run loadtest`: puts a load on a running Bodega and says whether the limits held. */
const limitsFile = fileURLToPath(new URL('../../loadtest/limits.json', import.meta.url))

await runCommand(usage, async () => {
  const options = readOptions()
  // Read before the load, so that none is applied in vain.
  const limits = readInput('--limits', options.limits ?? limitsFile, parseLimits)
  const earlier = options.compare === undefined ? undefined : readInput('--compare', options.compare, parseComparable)
  if (earlier) expectSameLoad(earlier, options)
  const result = await measure(options)
  const comparison = earlier && compare(earlier, result, limits)
  const report = present(result, judge(result, limits, options.scenario), comparison)
  const files = write(options.out, result, renderReport(report))
  console.log(`\n${renderForTerminal(report)}\n\n${files.join('\n')}`)
  return report.verdict.ok
})

function expectSameLoad({ scenario, settings }: Comparable, options: Options) {
  const { connections, rate = null } = options
  if (scenario === options.scenario && sameLoad(settings, { connections, rate })) return
  const then = `--scenario ${scenario} --connections ${settings.connections}${settings.rate ? ` --rate ${settings.rate}` : ''}`
  throw new BadOption(`--compare: that run was under another load, and says nothing about this one. It had: ${then}`)
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
