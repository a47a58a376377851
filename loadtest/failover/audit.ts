import type { Cluster } from './cluster.js'

/** A write as it was sent, and whether it was acknowledged. */
export interface Write {
  kind: 'register' | 'sign in' | 'sign out' | 'add product'
  /** The address or the code that it is found by. */
  key: string
  acknowledged: boolean
}

export interface Audit {
  /** Acknowledged writes that the databases do not hold, each in words. */
  lost: string[]
  /** Effects that the databases hold more often than they were asked for, each in words. */
  doubled: string[]
}

/** How often an effect must and may be there. */
interface Range {
  least: number
  most: number
}

/** Compares what was acknowledged with what the databases hold. @param run what its addresses and codes start with */
export async function audit(cluster: Cluster, run: string, writes: Write[]): Promise<Audit> {
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
  const of = (...kinds: Write['kind'][]) => writes.filter(({ kind }) => kinds.includes(kind))
  const findings = [
    compare('product', products, rangesOf(of('add product'))),
    compare('account', users, rangesOf(of('register'))),
    compare('sessions of', sessions, rangesOf(of('register', 'sign in', 'sign out'))),
  ]
  return { lost: findings.flatMap(({ lost }) => lost), doubled: findings.flatMap(({ doubled }) => doubled) }
}

function compare(what: string, held: Map<string, number>, ranges: Map<string, Range>): Audit {
  const result: Audit = { lost: [], doubled: [] }
  for (const [key, { least, most }] of ranges) {
    const number = held.get(key) ?? 0
    if (number < least) result.lost.push(`${what} ${key}: ${number} of ${least}`)
    if (number > most) result.doubled.push(`${what} ${key}: ${number} for ${most}`)
  }
  return result
}

/**
 * Sessions are what would show a doubled write: a product's code and a person's address are unique anyway, but nothing
 * except the write's key keeps a sign-in that arrives twice from starting two.
 */
function rangesOf(writes: Write[]): Map<string, Range> {
  const ranges = new Map<string, Range>()
  for (const { kind, key, acknowledged } of writes) {
    const { least, most } = ranges.get(key) ?? { least: 0, most: 0 }
    const certain = acknowledged ? 1 : 0
    ranges.set(
      key,
      kind === 'sign out' ? { least: least - 1, most: most - certain } : { least: least + certain, most: most + 1 },
    )
  }
  return ranges
}

async function count(cluster: Cluster, database: 'users' | 'products', sql: string): Promise<Map<string, number>> {
  const rows = await cluster.query(database, sql)
  return new Map(rows.map(([key, number]) => [key as string, Number(number)]))
}
