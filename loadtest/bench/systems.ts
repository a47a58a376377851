import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import getPort from 'get-port'
import { readConfig } from '../../app/config.js'
import { startNginx } from '../../stack/nginx.js'
import { readRecords } from '../../stack/replicas.js'
import { type Stack, startStack } from '../../stack/stack.js'
import type { LocalStack } from '../load/local-stack.js'
import { type Person, signUpPeople } from '../load/preparation/people.js'
import { fillDatabase } from '../load/preparation/seed.js'
import { progressOn } from '../progress.js'
import { query } from '../query.js'
import type { Answer } from './bare.js'
import { type Page, pagesOf } from './pages.js'

/** One that is measured: where it answers, and its processes by what they are. */
export interface System {
  url: string
  pids: { nginx: number[]; replicas: number[]; database: number[] }
}

export type Systems = Awaited<ReturnType<typeof startSystems>>

const folder = resolve('.bodega/bench/system')

/** Starts a Bodega of its own with people and products, and the server that repeats its answers behind an nginx like its own. */
export async function startSystems({ connections, products }: { connections: number; products: number }) {
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
    const local: LocalStack = { ...readConfig(stack.environment), replicas: readRecords(folder) }
    await fillDatabase(local, people[0] as Person, products, say)
    const [newest] = await query(local.products, 'SELECT MAX(id) FROM products')
    const pages = pagesOf(Number(newest?.[0]))
    const cookies = join(folder, 'cookies')
    writeFileSync(cookies, people.map(({ browser }) => browser.cookies).join('\n'))
    const bare = await startBare(await record(pages, people[0] as Person, local))
    return {
      pages,
      cookies,
      environment: stack.environment,
      bodega: { url: stack.url, pids: pidsOf(stack) } as System,
      bare: bare.system,
      async stop() {
        await bare.stop()
        await stack.stop()
      },
    }
  } catch (error) {
    await stack.stop()
    throw error
  }
}

/** What a replica answers to each page, past nginx. */
async function record(pages: Page[], person: Person, { replicas }: LocalStack): Promise<Record<string, Answer>> {
  const answers: Record<string, Answer> = {}
  for (const { name, method, path, signedIn, body } of pages) {
    const answer = await fetch(`http://127.0.0.1:${replicas[0]?.port}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(signedIn && { Cookie: person.browser.cookies }),
        ...(body && { 'Content-Type': 'application/x-www-form-urlencoded' }),
      },
      ...(body && { body: body.replace('{n}', 'recorded') }),
    })
    const { date: _, connection: __, 'keep-alive': ___, ...headers } = Object.fromEntries(answer.headers)
    answers[name] = { status: answer.status, headers, body: await answer.text() }
  }
  return answers
}

async function startBare(answers: Record<string, Answer>) {
  const file = join(folder, 'answers.json')
  writeFileSync(file, JSON.stringify(answers))
  const ports = [await getPort(), await getPort(), await getPort()]
  const replicas = ports.map((port) => {
    const program = fileURLToPath(new URL('bare.js', import.meta.url))
    return spawn(process.execPath, [program], { stdio: 'ignore', env: { PORT: String(port), ANSWERS: file } })
  })
  const port = await getPort()
  const nginx = await startNginx(join(folder, 'bare'), {
    address: '127.0.0.1',
    port,
    replicaPorts: ports,
    settings: {},
  })
  const system: System = {
    url: `http://127.0.0.1:${port}`,
    pids: { nginx: family(nginx.process), replicas: replicas.map(({ pid }) => pid as number), database: [] },
  }
  return {
    system,
    async stop() {
      for (const replica of replicas) replica.kill()
      await nginx.stop('SIGQUIT')
    },
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
function family(parent: ChildProcess | undefined): number[] {
  const children = readdirSync('/proc').filter((pid) => {
    return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/stat`, 'utf8').includes(`) S ${parent?.pid} `)
  })
  return [parent?.pid as number, ...children.map(Number)]
}
