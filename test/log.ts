import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { waitUntil } from '../stack/processes.js'
import { folder } from './system.js'

/** What the replicas have logged, line by line. */
function logText(): string {
  return ['app1', 'app2', 'app3'].map((name) => readFileSync(join(folder, 'logs', `${name}.log`), 'utf8')).join('')
}

/** The line of the access log about a request. */
export async function logLine(requestId: string) {
  const find = () =>
    logText()
      .split('\n')
      .find((line) => line.includes(requestId) && line.includes('"ms"'))
  await waitUntil('the line is not in the log', 5, () => find() !== undefined)
  return JSON.parse(find() as string)
}
