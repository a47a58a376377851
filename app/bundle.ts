import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'
import { build } from './root.js'

/** Where the build puts the server in one file, and what V8 made of that file. */
export const bundle = fileURLToPath(new URL('replica/server.cjs', build))
export const codeCache = `${bundle}.cache`

/** Where the build notes the options of Node under which it made the code cache; V8 leaves it aside under others. */
export const cacheOptions = `${bundle}.options.json`

/**
 * Loads the server without starting it. From one file that V8 has compiled before, because reading a thousand modules
 * and compiling them takes most of a start, and a replica that died is missed until it is back.
 */
export function loadBundle(): { script: Script; serve: () => Promise<void> } {
  const source = readFileSync(bundle, 'latin1') // it is ASCII, so there is nothing to decode
  // V8 leaves aside a cache that another version of it made, or the same with other options.
  const cachedData = existsSync(codeCache) ? readFileSync(codeCache) : undefined
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${source}\n})`, {
    filename: bundle,
    ...(cachedData && { cachedData }),
  })
  const module = { exports: {} as { serve: () => Promise<void> } }
  script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, dirname(bundle))
  return { script, serve: module.exports.serve }
}
