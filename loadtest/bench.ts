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
  const measured = await (growth ? measureGrowth(growth, options) : measureCosts(options))
  const { file, figures, tables } = measured
  mkdirSync(out, { recursive: true })
  const result = { bodegaBench: 1, machine: readMachine(), ...figures }
  writeFileSync(resolve(out, file), `${JSON.stringify(result, null, 2)}\n`)
  if ('plot' in measured) writeFileSync(resolve(out, 'growth.svg'), measured.plot)
  for (const table of tables) console.log(`\n${table.title}\n${renderTable(table)}`)
  console.log(`\n${resolve(out, file)}`)
  return true
})
