import { rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { bundle, codeCache, loadBundle } from '../app/bundle.js'
import { build as own } from '../app/root.js'

/** What looks for files of its own beside itself, and drivers that knex loads where it is told to, which are not here. */
const external = [
  ...['bcrypt', 'piscina'],
  ...['better-sqlite3', 'mariadb', 'mysql', 'oracledb', 'pg', 'pg-query-stream', 'sqlite3', 'tedious'],
]

rmSync(codeCache, { force: true })
await build({
  entryPoints: [fileURLToPath(new URL('app/server.js', own))],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external,
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  define: { 'import.meta.url': 'bundleUrl' },
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'error',
})
// After loading, so that what runs at each start is in it, compiled.
writeFileSync(codeCache, loadBundle().script.createCachedData())
