import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import getPort from 'get-port'
import { startNginx } from '../../stack/nginx.js'
import { query } from '../query.js'
import type { Answer } from './bare.js'
import { type Bodega, family, type System, startBodega } from './bodega.js'
import { type Page, pagesOf } from './pages.js'

export type Systems = Awaited<ReturnType<typeof startSystems>>

const folder = resolve('.bodega/bench/system')

/** Starts a Bodega of its own with people and products, and the server that repeats its answers behind an nginx like its own. */
export async function startSystems({ grep, ...options }: { connections: number; products: number; grep: RegExp }) {
  const bodega = await startBodega(folder, options)
  try {
    const [newest] = await query(bodega.local.products, 'SELECT MAX(id) FROM products')
    const pages = pagesOf(Number(newest?.[0])).filter(({ name }) => grep.test(name))
    const bare = await startBare(await record(pages, bodega), bodega.system.cookies)
    return {
      pages,
      environment: bodega.environment,
      bodega: bodega.system,
      bare: bare.system,
      async stop() {
        await bare.stop()
        await bodega.stop()
      },
    }
  } catch (error) {
    await bodega.stop()
    throw error
  }
}

/** What a replica answers to each page, past nginx. */
async function record(pages: Page[], { person, local }: Bodega): Promise<Record<string, Answer>> {
  const answers: Record<string, Answer> = {}
  for (const { name, method, paths, signedIn, body } of pages) {
    const answer = await fetch(`http://127.0.0.1:${local.replicas[0]?.port}${paths[0]}`, {
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

async function startBare(answers: Record<string, Answer>, cookies: string) {
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
    cookies,
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
