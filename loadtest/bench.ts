import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { measurePages, type PageCost } from './bench/measure.js'
import { readOptions } from './bench/options.js'
import { profilePages } from './bench/profile.js'
import { startSystems } from './bench/systems.js'
import { exitWith } from './cli.js'
import { changeOf, shownChange } from './load/results/comparison.js'
import { readMachine } from './machine.js'
import type { Table } from './report/report.js'
import { renderTable } from './report/terminal.js'

interface Result {
  bodegaBench: 1
  machine: ReturnType<typeof readMachine>
  costs: PageCost[]
}

/** `npm run bench`: what each page costs, beside a server that only repeats Bodega's answers. */
await exitWith(async () => {
  const { out, profile, compare, ...options } = readOptions()
  const earlier: Result | undefined = compare && JSON.parse(readFileSync(compare, 'utf8'))
  const systems = await startSystems(options)
  const tables: Table[] = []
  try {
    const costs = await measurePages(systems, options)
    tables.push(tableOf(costs, earlier))
    mkdirSync(out, { recursive: true })
    const result: Result = { bodegaBench: 1, machine: readMachine(), costs }
    writeFileSync(resolve(out, 'bench.json'), `${JSON.stringify(result, null, 2)}\n`)
    if (profile) tables.push(...(await profilePages(systems, options)))
  } finally {
    await systems.stop()
  }
  for (const table of tables) console.log(`\n${table.title}\n${renderTable(table)}`)
  console.log(`\n${resolve(out, 'bench.json')}`)
  return true
})

function tableOf(costs: PageCost[], earlier: Result | undefined): Table {
  const before = new Map(earlier?.costs.map((cost) => [cost.page, cost]))
  return {
    title: 'What a page costs: CPU in µs a request, times in ms',
    head: [
      'page',
      'req/s',
      '× bare',
      'p50',
      'p99',
      'nginx',
      'replicas',
      'database',
      ...(earlier ? ['× bare was'] : []),
    ],
    rows: costs.map((cost) => {
      const { page, rate, timesBare, p50, p99, cpu } = cost
      const then = before.get(page)?.timesBare
      const change = then === undefined ? '' : `${then.toFixed(3)} (${shownChange(changeOf(then, timesBare))})`
      const times = timesBare.toFixed(3)
      const numbers = [cpu.nginx, cpu.replicas, cpu.database].map(Math.round)
      return [page, Math.round(rate), times, p50, p99, ...numbers, ...(earlier ? [change] : [])]
    }),
  }
}
