import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import getPort from 'get-port'
import { waitUntil } from '../stack/processes.js'

/** `npm start` as people run it, for the tests of one describe: each has a folder of its own. */
export function npmStart() {
  let folder = ''
  let port = 0
  const running = new Set<ChildProcess>()

  beforeEach(async () => {
    // Only root may enter this one: a checkout below /root, or in a temporary folder, is like that.
    folder = mkdtempSync(join(tmpdir(), 'bodega-'))
    port = await getPort()
  })

  afterEach(async () => {
    for (const child of running) await stop(child, 'SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  })

  return {
    get folder() {
      return folder
    },
    get port() {
      return port
    },
    start,
  }

  function start(settings: NodeJS.ProcessEnv = {}, command = [process.execPath, 'dist/stack/start.js']) {
    const [program, ...given] = command as [string, ...string[]]
    const child = spawn(program, given, {
      env: { ...process.env, BODEGA_FOLDER: folder, PORT: String(port), ...settings },
    })
    running.add(child)
    child.once('exit', () => running.delete(child))
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (printed += data))
    return {
      child,
      output: () => printed,
      ready: () =>
        waitUntil('not started', 40, () => {
          if (child.exitCode !== null) throw new Error(printed)
          return printed.includes('Bodega is at')
        }),
    }
  }
}

export async function stop(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal)
  return exitCode(child)
}

export async function exitCode(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}
