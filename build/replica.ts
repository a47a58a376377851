import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { decode, encode, type SourceMapLine, type SourceMapSegment } from '@jridgewell/sourcemap-codec'
import { build } from 'esbuild'
import { bundle, cacheOptions, codeCache, loadBundle } from '../app/bundle.js'
import { build as own } from '../app/root.js'

/** Packages that load files from beside themselves or are seldom needed, and knex's drivers for other databases. */
const external = [
  ...['bcrypt', 'piscina', '@aws-sdk/client-kms'],
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
  supported: { 'dynamic-import': false }, // a script that was compiled before cannot import, but require
  banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  define: { 'import.meta.url': 'bundleUrl' },
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'error',
})
mapOwnSources(`${bundle}.map`)
// After loading, so that what runs at each start is in it, compiled.
writeFileSync(codeCache, loadBundle().script.createCachedData())
writeFileSync(cacheOptions, JSON.stringify(process.execArgv))

/** Takes the packages out of a source map: all of it took a quarter of a second and 110 MB to read. */
function mapOwnSources(file: string) {
  const map = JSON.parse(readFileSync(file, 'utf8'))
  let own = false
  const keep = (segment: SourceMapSegment): SourceMapLine => {
    const wasOwn = own
    own = segment[1] !== undefined && !map.sources[segment[1]].includes('node_modules/')
    if (own) return [segment]
    return wasOwn ? [[segment[0]]] : [] // where a package begins, so that what precedes it does not stand for it
  }
  const mappings = encode(decode(map.mappings).map((line) => line.flatMap(keep)))
  writeFileSync(file, JSON.stringify({ ...map, mappings }))
}
