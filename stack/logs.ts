import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './processes.js'

/** How often the logs' sizes are looked at, in milliseconds. */
const interval = 60_000

/** Makes the folders of the logs, which nobody else may enter, and nginx's logs, which it would let everybody read. */
export function makeLogFolders(folder: string): void {
  for (const logs of folders(folder)) {
    mkdirSync(logs, { recursive: true })
    chmodSync(logs, 0o700)
  }
  for (const name of ['access.log', 'error.log']) {
    const log = join(folder, 'nginx/logs', name)
    writeFileSync(log, '', { flag: 'a' })
    chmodSync(log, 0o600)
  }
}

/**
 * Rotates each log of a stack that has grown past 10 MB, and keeps five of each.
 * @throws {Error} with logrotate's own words
 */
export async function rotateLogs(folder: string): Promise<void> {
  const [configuration, state] = ['logrotate.conf', 'logrotate.state'].map((name) => join(folder, 'logs', name))
  const logs = folders(folder).map((each) => `"${each}/*.log"`)
  // Copied and truncated, because the programs keep their logs open, and MariaDB and the replicas never open them anew.
  const rules = ['size 10M', 'rotate 5', 'copytruncate', 'missingok', 'notifempty', 'nocompress']
  writeFileSync(configuration as string, `${logs.join(' ')} {\n  ${rules.join('\n  ')}\n}\n`, { mode: 0o600 })
  await run(['/usr/sbin/logrotate', '--state', state as string, configuration as string])
}

/** Rotates the logs for as long as the stack runs. @returns what ends it */
export function keepRotating(folder: string, say: (problem: string) => void): () => void {
  const timer = setInterval(() => {
    rotateLogs(folder).catch((error) => say(`the logs could not be rotated: ${error.message}`))
  }, interval)
  return () => clearInterval(timer)
}

function folders(folder: string): string[] {
  return [join(folder, 'logs'), join(folder, 'nginx/logs')]
}
