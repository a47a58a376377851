import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../../stack/checkout.js'
import type { System } from './bodega.js'
import type { Page } from './pages.js'

/** Asks for a page as fast as it comes. @throws {Error} where an answer was not what it should be. Times in milliseconds. */
export function runWrk(
  { url, cookies }: Pick<System, 'url' | 'cookies'>,
  page: Page,
  load: { seconds: number; connections: number },
) {
  const { method, paths, signedIn, body, status } = page
  const { seconds, connections } = load
  const options = [
    `-t${Math.min(2, connections)}`,
    `-c${connections}`,
    `-d${seconds}s`,
    '-s',
    join(root, 'loadtest/bench/wrk.lua'),
  ]
  const output = execFileSync('wrk', [...options, url], {
    encoding: 'utf8',
    env: {
      ...process.env,
      METHOD: method,
      PATHS: paths.join('\n'),
      BODY: body,
      STATUS: String(status),
      COOKIES: signedIn ? cookies : '',
    },
  })
  const [, words = ''] = /^RESULT (.*)$/m.exec(output) ?? []
  const [requests = 0, microseconds = 0, failed = 0, ...times] = words.split(' ').map(Number)
  if (requests === 0 || failed > 0) throw new Error(`${page.name}: ${failed} of ${requests} requests failed`)
  const [p50 = 0, p95 = 0, p99 = 0] = times.map((time) => time / 1000)
  return { requests, rate: requests / (microseconds / 1e6), p50, p95, p99 }
}
