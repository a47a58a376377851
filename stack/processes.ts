import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, fchmodSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** A process that is started again when it ends by itself. */
export interface Service {
  /** The process of now; undefined between its end and the next start. */
  readonly process: ChildProcess | undefined
  /** Ends the process with a signal and waits; after 20 s it is killed. */
  stop(signal: NodeJS.Signals): Promise<void>
}

/** A service that ends within this time of its start is started again only after a pause, in milliseconds. */
const soon = 1_000
const pause = 500

/** @param changed called with the process after each start, and with undefined after each end */
export function keepRunning(
  launch: () => ChildProcess,
  changed: (running: ChildProcess | undefined) => void = () => {},
): Service {
  let current: ChildProcess | undefined
  let stopping = false
  start()
  return {
    get process() {
      return current
    },
    async stop(signal) {
      stopping = true
      if (current) await end(current, signal)
    },
  }

  function start() {
    const startedAt = Date.now()
    const launched = launch()
    const ended = async () => {
      if (current !== launched) return
      current = undefined
      if (Date.now() - startedAt < soon) await sleep(pause)
      await startAgain()
    }
    current = launched
    launched.once('exit', ended)
    launched.once('error', ended) // what could not even be started
    changed(launched)
  }

  /** A failed launch must not end the supervisor, which the other processes need. */
  async function startAgain() {
    while (!current) {
      try {
        changed(undefined)
        if (stopping) return
        start()
      } catch (error) {
        process.emitWarning(error as Error)
        await sleep(pause)
      }
    }
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  const force = setTimeout(() => child.kill('SIGKILL'), 20_000)
  await exited
  clearTimeout(force)
}

/**
 * Starts a program in a session of its own, so that a Ctrl-C in the terminal reaches the stack alone, which then ends
 * the others in order. They end with the stack too when it is killed.
 * @param log the file that its output is added to
 */
export function launch(command: string[], log: string, options: SpawnOptions = {}): ChildProcess {
  const output = openSync(log, 'a', 0o600)
  fchmodSync(output, 0o600)
  const [program, ...given] = ['setpriv', '--pdeathsig', 'TERM', '--', ...command] as [string, ...string[]]
  const child = spawn(program, given, { detached: true, stdio: ['ignore', output, output], ...options })
  closeSync(output)
  return child
}

/** How long a process that starts lets the others go first, in milliseconds: on a busy machine it might never start. */
const courtesy = 1_000

/**
 * Lets a process that was just launched yield the CPU to the others while it starts: those that serve
 * have its share of the work too. By the nice value of its session's autogroup, the only one that a process without
 * privileges may lower and then raise again; without effect where the kernel has no autogroups.
 */
export async function startBehindOthers({ pid }: ChildProcess, started: () => Promise<boolean>): Promise<void> {
  const nice = (value: number) => writeFileSync(`/proc/${pid}/autogroup`, String(value))
  try {
    nice(19)
  } catch {
    return
  }
  await waitUntil('', courtesy / 1000, started).catch(() => {})
  // The kernel takes a change from an unprivileged user only every tenth of a second, and this one must be made.
  await waitUntil('', Number.POSITIVE_INFINITY, () => {
    try {
      nice(0)
      return true
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'EAGAIN'
    }
  })
}

/** Runs a program to its end. @throws {Error} with the last of its output when it fails */
export async function run(command: string[], options: SpawnOptions = {}): Promise<void> {
  const [program, ...given] = command as [string, ...string[]]
  const child = spawn(program, given, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: Buffer[] = []
  child.stdout?.on('data', (data) => output.push(data))
  child.stderr?.on('data', (data) => output.push(data))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${program} failed:\n${Buffer.concat(output).toString().slice(-4000)}`)
}

/** Waits until a check holds. @throws {Error} saying what did not, after so many seconds */
export async function waitUntil(what: string, seconds: number, check: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + seconds * 1000
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`${what} after ${seconds} s`)
    await sleep(50)
  }
}

/** Whether a process with this id runs this program; ids are given again, so the id alone says little. */
export function runs(pid: number, program: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(program)
  } catch {
    return false
  }
}
