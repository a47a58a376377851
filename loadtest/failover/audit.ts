import type { Cluster } from './cluster.js'
import type { Deed } from './people.js'

export interface Audit {
  /** Acknowledged writes that the databases do not hold, each in words. */
  lost: string[]
  /** Effects that the databases hold more often than they were asked for, each in words. */
  doubled: string[]
}

/** Holds what people were told against what the databases hold. */
export async function audit(cluster: Cluster, run: string, deeds: Deed[]): Promise<Audit> {
  const products = await count(
    cluster,
    'products',
    `SELECT code, COUNT(*) FROM products WHERE code LIKE '${run}-%' GROUP BY code`,
  )
  const users = await count(
    cluster,
    'users',
    `SELECT email, COUNT(*) FROM users WHERE email LIKE '${run}-%' GROUP BY email`,
  )
  const sessions = await count(
    cluster,
    'users',
    `SELECT email, COUNT(sessions.id_hash) FROM users LEFT JOIN sessions ON sessions.user_id = users.id
     WHERE email LIKE '${run}-%' GROUP BY email`,
  )
  const result: Audit = { lost: [], doubled: [] }
  const compare = (what: string, held: number, least: number, most: number) => {
    if (held < least) result.lost.push(`${what}: ${held} of ${least}`)
    if (held > most) result.doubled.push(`${what}: ${held} for ${most}`)
  }
  for (const { kind, what, acknowledged } of deeds) {
    if (kind === 'add product') compare(`product ${what}`, products.get(what) ?? 0, acknowledged ? 1 : 0, 1)
    if (kind === 'register') compare(`account ${what}`, users.get(what) ?? 0, acknowledged ? 1 : 0, 1)
  }
  for (const [email, { least, most }] of expectedSessions(deeds)) {
    compare(`sessions of ${email}`, sessions.get(email) ?? 0, least, most)
  }
  return result
}

/**
 * How many sessions each person should have. Nothing but the write's key keeps a sign-in that arrives twice from
 * starting two, so this is what would show a doubled write; a product's code and a person's address are unique anyway.
 */
function expectedSessions(deeds: Deed[]): Map<string, { least: number; most: number }> {
  const expected = new Map<string, { least: number; most: number }>()
  for (const { kind, what, acknowledged } of deeds) {
    if (kind === 'add product') continue
    const range = expected.get(what) ?? { least: 0, most: 0 }
    expected.set(what, range)
    if (kind === 'sign-out') {
      range.least -= 1
      if (acknowledged) range.most -= 1
    } else {
      range.most += 1
      if (acknowledged) range.least += 1
    }
  }
  return expected
}

async function count(cluster: Cluster, database: 'users' | 'products', sql: string): Promise<Map<string, number>> {
  const rows = await cluster.query(database, sql)
  return new Map(rows.map(([what, number]) => [what as string, Number(number)]))
}
