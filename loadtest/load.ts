import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { exitWith } from './cli.js'
import { measure } from './load/measure.js'
import { command, type Options, readOptions } from './load/options.js'
import { compare, sameLoad } from './load/results/comparison.js'
import { judge, parseLimits } from './load/results/limits.js'
import { present } from './load/results/present.js'
import { parseResult, type Result } from './load/results/result.js'
import { renderReport } from './report/report.js'
import { renderForTerminal } from './report/terminal.js'

/** `npm run loadtest`: puts a load on a running Bodega and says whether the limits held. */
await exitWith(async () => {
  const options = readOptions()
  // Read before the load, so that none is applied in vain.
  const limits = readInput('--limits', options.limits, parseLimits)
  const earlier = options.compare === undefined ? undefined : readInput('--compare', options.compare, parseResult)
  if (earlier) expectSameLoad(earlier, options)
  const result = await measure(options)
  const comparison = earlier && compare(earlier, result, limits)
  const report = present(result, judge(result, limits, options.scenario), comparison)
  const files = write(resolve(options.out), result, renderReport(report))
  console.log(`\n${renderForTerminal(report)}\n\n${files.join('\n')}`)
  return report.verdict.ok
})

function readInput<T>(option: string, file: string, parse: (text: string) => T): T {
  try {
    return parse(readFileSync(file, 'utf8'))
  } catch (error) {
    return command.error(`${option}: ${file} cannot be used. ${(error as Error).message}`)
  }
}

function expectSameLoad({ scenario, settings }: Result, options: Options) {
  const { connections, rate = null } = options
  if (scenario === options.scenario && sameLoad(settings, { connections, rate })) return
  const then = `--scenario ${scenario} --connections ${settings.connections}${settings.rate ? ` --rate ${settings.rate}` : ''}`
  command.error(`--compare: that run was under another load, and says nothing about this one. It had: ${then}`)
}

function write(folder: string, result: Result, html: string): string[] {
  mkdirSync(folder, { recursive: true })
  const name = `${folder}/${result.scenario}-${result.startedAt.replace(/[:.]/g, '-')}`
  writeFileSync(`${name}.json`, `${JSON.stringify(result, null, 2)}\n`)
  writeFileSync(`${name}.html`, html)
  return [`${name}.html`, `${name}.json`]
}
