import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { exitWith } from './cli.js'
import { findCluster } from './failover/find-cluster.js'
import { readOptions } from './failover/options.js'
import { reportOf } from './failover/report.js'
import { type Run, runScenario } from './failover/run.js'
import { runStatsOf } from './failover/run-stats.js'
import { progressOn } from './progress.js'
import { renderReport } from './report/report.js'
import { renderForTerminal } from './report/terminal.js'

/** `npm run failover`: breaks what can break while people work, and says whether anybody noticed. */
await exitWith(async () => {
  const { scenarios, rounds, rate, short, out, ...where } = readOptions()
  const { cluster, stop } = await findCluster(where)
  const runs: Run[] = []
  const say = progressOn(process.stderr)
  try {
    for (const scenario of scenarios.filter(({ name }) => name !== 'upgrade' || cluster.deploy)) {
      const wanted = rounds ?? scenario.rounds[short ? 'short' : 'full']
      runs.push(await runScenario(cluster, scenario, { rate, rounds: wanted, say }))
    }
  } finally {
    await stop()
  }
  const report = reportOf(runs, { timed: !short, rate })
  console.log(`\n${renderForTerminal(report)}`)
  mkdirSync(out, { recursive: true })
  const summary = { verdict: report.verdict, stats: runs.map(runStatsOf) }
  writeFileSync(resolve(out, 'failover.json'), `${JSON.stringify(summary, null, 2)}\n`)
  writeFileSync(resolve(out, 'failover.html'), renderReport(report))
  console.log(`\nThe report: ${resolve(out, 'failover.html')}`)
  return report.verdict.ok
})
