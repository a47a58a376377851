import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import getPort from 'get-port'
import { replicaProgram } from '../stack/checkout.js'
import { waitUntil } from '../stack/processes.js'
import { stack } from './system.js'

/** A replica beside those of the system under test, with settings of its own; nginx does not know it. */
export interface LoneReplica {
  address: string
  process: ChildProcess
  /** What it has logged. */
  log(): string
  stop(): Promise<void>
}

/**
 * Starts one and waits until it listens; whether it is ready depends on its settings.
 * @param options what Node is given
 * @param output where its log goes, if not into {@link LoneReplica.log}
 */
export async function startReplica(
  settings: NodeJS.ProcessEnv,
  options: string[] = [],
  output: 'pipe' | number = 'pipe',
): Promise<LoneReplica> {
  const port = await getPort()
  const address = `http://127.0.0.1:${port}`
  const child = spawn(process.execPath, [...options, ...replicaProgram('dist')], {
    stdio: ['ignore', output, 'ignore'],
    env: { ...stack.environment, REPLICA_NAME: 'lonely', PORT: String(port), ...settings },
  })
  let log = ''
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    log += text
  })
  const isListening = () =>
    fetch(`${address}/livez`).then(
      () => true,
      () => false,
    )
  await waitUntil('the replica does not listen', 30, isListening)
  return {
    address,
    process: child,
    log: () => log,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
