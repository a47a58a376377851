import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './cli.js'
import { findCluster } from './failover/find-cluster.js'
import { readOptions, usage } from './failover/options.js'
import { reportOf } from './failover/report.js'
import { type Run, runScenario } from './failover/run.js'
import { statsOf } from './failover/stats.js'
import { readMachine } from './machine.js'
import { progressOn } from './progress.js'
import { renderReport } from './report/report.js'
import { renderForTerminal } from './report/terminal.js'

/** `npm run failover`: breaks what can break while people work, and says whether anybody noticed. */
await runCommand(usage, async () => {
  const { scenarios, rounds, rate, short, out, ...where } = readOptions()
  const { cluster, stop } = await findCluster(where)
  const runs: Run[] = []
  try {
    for (const scenario of scenarios) {
      const options = {
        rate,
        rounds: rounds ?? scenario.rounds[short ? 'short' : 'full'],
        say: progressOn(process.stderr),
      }
      runs.push(await runScenario(cluster, scenario, options))
    }
  } finally {
    await stop()
  }
  const report = reportOf(runs, { timed: !short, rate, machine: readMachine() })
  console.log(`\n${renderForTerminal(report)}`)
  mkdirSync(out, { recursive: true })
  writeFileSync(join(out, 'failover.html'), renderReport(report))
  const summary = { verdict: report.verdict, stats: runs.map(statsOf) }
  writeFileSync(join(out, 'failover.json'), `${JSON.stringify(summary, null, 2)}\n`)
  console.log(`\nThe report: ${join(out, 'failover.html')}`)
  return report.verdict.ok
})
