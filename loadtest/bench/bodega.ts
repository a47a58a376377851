import type { ChildProcess } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import getPort from 'get-port'
import { readConfig } from '../../app/config.js'
import { readRecords } from '../../stack/replicas.js'
import { type Stack, startStack } from '../../stack/stack.js'
import type { LocalStack } from '../load/local-stack.js'
import { type Person, signUpPeople } from '../load/preparation/people.js'
import { fillDatabase } from '../load/preparation/seed.js'
import { progressOn } from '../progress.js'

/** One that is measured: where it answers, whose sessions ask it, and its processes by what they are. */
export interface System {
  url: string
  /** The file that has them, a line each. */
  cookies: string
  pids: { nginx: number[]; replicas: number[]; database: number[] }
}

export type Bodega = Awaited<ReturnType<typeof startBodega>>

/** Starts a Bodega of its own in `folder`, with a person for each connection, and products. */
export async function startBodega(
  folder: string,
  { connections, products }: { connections: number; products: number },
) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const say = progressOn(process.stderr)
  const stack = await startStack({
    folder,
    address: '127.0.0.1',
    port: await getPort(),
    say: (step) => console.error(`· ${step}`),
  })
  try {
    const people = await signUpPeople(stack.url, connections, say)
    const [person] = people as [Person, ...Person[]]
    const local: LocalStack = { ...readConfig(stack.environment), replicas: readRecords(folder) }
    const started = performance.now()
    await fillDatabase(local, people, products, say)
    const seconds = (performance.now() - started) / 1000
    const cookies = join(folder, 'cookies')
    writeFileSync(cookies, people.map(({ browser }) => browser.cookies).join('\n'))
    const system: System = { url: stack.url, cookies, pids: pidsOf(stack) }
    const { environment, stop } = stack
    return { system, person, local, products, productsPerSecond: products / seconds, environment, stop }
  } catch (error) {
    await stack.stop()
    throw error
  }
}

function pidsOf({ nginx, replicas, database }: Stack): System['pids'] {
  return {
    nginx: family(nginx.process),
    replicas: replicas.map((each) => each.process?.pid as number),
    database: [database.process?.pid as number],
  }
}

/** A process and its children. */
export function family(parent: ChildProcess | undefined): number[] {
  const children = readdirSync('/proc').filter((pid) => {
    return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/stat`, 'utf8').includes(`) S ${parent?.pid} `)
  })
  return [parent?.pid as number, ...children.map(Number)]
}
