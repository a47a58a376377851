import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { measureCosts } from './bench/costs.js'
import { measureGrowth } from './bench/growth.js'
import { readOptions } from './bench/options.js'
import { exitWith } from './cli.js'
import { readMachine } from './machine.js'
import { renderTable } from './report/terminal.js'

/** `npm run bench`: what a page costs, or how that grows with the catalogue. */
await exitWith(async () => {
  const { out, growth, ...options } = readOptions()
  const { file, figures, tables } = await (growth ? measureGrowth(growth, options) : measureCosts(options))
  mkdirSync(out, { recursive: true })
  const result = { bodegaBench: 1, machine: readMachine(), ...figures }
  writeFileSync(resolve(out, file), `${JSON.stringify(result, null, 2)}\n`)
  for (const table of tables) console.log(`\n${table.title}\n${renderTable(table)}`)
  console.log(`\n${resolve(out, file)}`)
  return true
})
