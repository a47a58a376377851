import { spawnSync } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import mysql from 'mysql2/promise'
import type { DatabaseConfig } from '../../app/config.js'
import { readRecords } from '../../stack/replicas.js'
import { readMachine } from '../machine.js'
import type { LocalStack } from './local-stack.js'
import { countOnPage } from './preparation/catalogue.js'
import type { Person } from './preparation/people.js'

/** Where the stats come from. What cannot be known from outside is null. */
export type Environment = Awaited<ReturnType<typeof readEnvironment>>

export async function readEnvironment(stack: LocalStack | undefined) {
  return {
    ...readMachine(),
    replicas: stack?.replicas.length ?? null,
    replicaNode: (stack && nodeOf(stack)) ?? null,
    nginx: (stack && version('/usr/sbin/nginx', '-v')?.replace(/^.*nginx\//s, '')) ?? null,
    database: stack ? String(await ask(stack.products, 'SELECT VERSION() AS answer')) : null,
  }
}

/** How many products there are: from the database, else from the list's page; null where neither can be read. */
export async function countProducts(stack: LocalStack | undefined, person: Person | undefined): Promise<number | null> {
  if (stack) return Number(await ask(stack.products, 'SELECT COUNT(*) AS answer FROM products'))
  return person ? countOnPage(person) : null
}

/** The replicas may run on another Node than this program. Their processes are read again: some may have died since. */
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

async function ask(database: DatabaseConfig, sql: string): Promise<unknown> {
  const connection = await mysql.createConnection(database)
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[]>(sql)
    return rows[0]?.answer
  } finally {
    await connection.end()
  }
}
