import { spawnSync } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import { availableParallelism, cpus, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import mysql from 'mysql2/promise'
import type { DatabaseConfig } from '../app/config.js'
import { readRecords } from '../stack/replicas.js'
import type { LocalStack } from './local-stack.js'
import { cookieOf, type Person } from './preparation/people.js'

/** Where the figures come from. What cannot be known from outside is null. */
export type Environment = Awaited<ReturnType<typeof readEnvironment>>

const root = fileURLToPath(new URL('../../', import.meta.url))

export async function readEnvironment(stack: LocalStack | undefined) {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? null,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    generatorNode: process.version,
    commit: readCommit(),
    replicas: stack?.replicas.length ?? null,
    replicaNode: (stack && nodeOf(stack)) ?? null,
    nginx: (stack && version('/usr/sbin/nginx', '-v')?.replace(/^.*nginx\//s, '')) ?? null,
    database: stack ? await databaseVersion(stack.products) : null,
  }
}

/** How many products there are: from the database, else as the page tells a person; null where neither is known. */
export async function countProducts(
  baseUrl: string,
  stack: LocalStack | undefined,
  person: Person | undefined,
): Promise<number | null> {
  if (stack) return Number(await ask(stack.products, 'SELECT COUNT(*) AS answer FROM products'))
  if (!person) return null
  const headers = { Cookie: cookieOf(person), 'Accept-Language': 'en' }
  const html = await (await fetch(`${baseUrl}/products`, { headers })).text()
  const [, count] = /class="count"[^>]*>([\d,]+)/.exec(html) ?? []
  return count ? Number(count.replaceAll(',', '')) : null
}

/** The checkout's commit, with a sign where its files are not those of the commit. */
function readCommit(): string | null {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: root, encoding: 'utf8' })
  const { status, stdout } = git('rev-parse', '--short=10', 'HEAD')
  if (status !== 0) return null
  return stdout.trim() + (git('status', '--porcelain', '--untracked-files=no').stdout ? ' with changes' : '')
}

/** The replicas may run on another Node than this program. Their processes are read anew: some may have died meanwhile. */
function nodeOf({ folder }: LocalStack): string | null {
  const { pid } = readRecords(folder).find((each) => each.pid !== null) ?? {}
  if (!pid) return null
  try {
    return version(readlinkSync(`/proc/${pid}/exe`), '--version')
  } catch {
    return null
  }
}

function version(program: string, flag: string): string | null {
  const { status, stdout, stderr } = spawnSync(program, [flag], { encoding: 'utf8' })
  return status === 0 ? (stdout || stderr).trim() : null
}

async function databaseVersion(database: DatabaseConfig): Promise<string> {
  return String(await ask(database, 'SELECT VERSION() AS answer'))
}

async function ask(database: DatabaseConfig, sql: string): Promise<unknown> {
  const connection = await mysql.createConnection(database)
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(sql)
    return rows[0]?.answer
  } finally {
    await connection.end()
  }
}
