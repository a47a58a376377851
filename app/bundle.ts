import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'
import { build } from './root.js'

/** Where the build puts the server in one file, and what V8 made of that file. */
export const bundle = fileURLToPath(new URL('replica/server.cjs', build))
export const codeCache = `${bundle}.cache`

/**
 * What Node is given for a replica, and for making the code cache, which V8 leaves aside under other options. The young
 * generation's halves have 8 MB: with Node's own 16 a replica takes 25 MB more and is no quicker. Dockerfile says it, too.
 */
export const nodeOptions = ['--max-semi-space-size=8']

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
