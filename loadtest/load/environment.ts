import { spawnSync } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import { readMachine } from '../machine.js'
import { query } from '../query.js'
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
    database: stack ? String((await query(stack.products, 'SELECT VERSION()'))[0]) : null,
  }
}

/** How many products there are: from the database, else from the list's page; null where neither can be read. */
export async function countProducts(stack: LocalStack | undefined, person: Person | undefined): Promise<number | null> {
  if (stack) return Number((await query(stack.products, 'SELECT COUNT(*) FROM products'))[0])
  return person ? countOnPage(person) : null
}

/** The replicas may run on another Node than this program. */
function nodeOf({ replicas }: LocalStack): string | null {
  const pid = replicas.find((each) => each.pid !== null)?.pid
  try {
    return version(readlinkSync(`/proc/${pid}/exe`), '--version')
  } catch {
    return null // it has ended meanwhile
  }
}

function version(program: string, flag: string): string | null {
  const { status, stdout, stderr } = spawnSync(program, [flag], { encoding: 'utf8' })
  return status === 0 ? (stdout || stderr).trim() : null
}
