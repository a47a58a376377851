import { group, sum } from 'd3-array'
import type { Cluster } from './cluster.js'

/** A write as it was sent, and whether it was acknowledged. */
export interface Write {
  kind:
    | 'register'
    | 'sign in'
    | 'sign out'
    | 'add product'
    | 'change product'
    | 'archive product'
    | 'restore product'
    | 'delete product'
    | 'move units'
    | 'upload file'
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

/**
 * Compares what was acknowledged with what the databases hold. A product's code and a person's address are unique anyway;
 * it is their sessions that would show a doubled write, because nothing except its key keeps a sign-in that arrives twice
 * from starting two. A change done twice would be refused the second time; a movement done twice would be one too many.
 * @param run what the addresses and codes start with
 */
export async function audit(cluster: Cluster, run: string, writes: Write[]): Promise<Audit> {
  const result: Audit = { lost: [], doubled: [] }
  const compare = async (what: string, kinds: Write['kind'][], database: 'users' | 'products', sql: string) => {
    const held = new Map((await cluster.query(database, sql)).map(([key, number]) => [key, Number(number)]))
    for (const [key, its] of group(
      writes.filter(({ kind }) => kinds.includes(kind)),
      ({ key }) => key,
    )) {
      const [number, least, most] = [held.get(key) ?? 0, sum(its, leastEffect), sum(its, mostEffect)]
      if (number < least) result.lost.push(`${what} ${key}: ${number} of ${least}`)
      if (number > most) result.doubled.push(`${what} ${key}: ${number} for ${most}`)
    }
  }
  const like = `LIKE '${run}-%' GROUP BY`
  const sessions = 'SELECT email, COUNT(id_hash) FROM users LEFT JOIN sessions ON user_id = users.id WHERE email'
  const products: Write['kind'][] = ['add product', 'delete product']
  await compare('product', products, 'products', `SELECT code, COUNT(*) FROM products WHERE code ${like} code`)
  const changes = 'SELECT code, COUNT(*) FROM products JOIN product_changes ON product_id = id WHERE code'
  const changing: Write['kind'][] = ['change product', 'archive product', 'restore product']
  await compare('changes of', changing, 'products', `${changes} ${like} code`)
  const movements = 'SELECT code, COUNT(*) FROM products JOIN movements ON product_id = products.id WHERE code'
  await compare('movements of', ['move units'], 'products', `${movements} ${like} code`)
  const files = `SELECT file_name, COUNT(*) FROM imports WHERE file_name ${like} file_name`
  await compare('file', ['upload file'], 'products', files)
  for (const [code] of await cluster.query('products', unbalanced(run))) {
    result.lost.push(`journal of ${code}: does not add up to its units`)
  }
  await compare('account', ['register'], 'users', `SELECT email, COUNT(*) FROM users WHERE email ${like} email`)
  await compare('sessions of', ['register', 'sign in', 'sign out'], 'users', `${sessions} ${like} email`)
  return result
}

/** What a write adds at least: one that was not acknowledged may have happened or not. */
function leastEffect({ kind, acknowledged }: Write): number {
  if (isEnd(kind)) return -1
  return acknowledged ? 1 : 0
}

function mostEffect({ kind, acknowledged }: Write): number {
  if (!isEnd(kind)) return 1
  return acknowledged ? -1 : 0
}

/** Whether a write takes away what another one made. */
function isEnd(kind: Write['kind']): boolean {
  return kind === 'sign out' || kind === 'delete product'
}

/** Products of which a movement is missing, or does not lead from the balance before it, or is not the last to their units. */
function unbalanced(run: string): string {
  return `SELECT code FROM products LEFT JOIN (
      SELECT product_id, number, balance, CAST(balance AS SIGNED) - movements.units
        - LAG(CAST(balance AS SIGNED)) OVER (PARTITION BY product_id ORDER BY number) AS gap
      FROM movements JOIN products ON products.id = product_id WHERE code LIKE '${run}-%'
    ) AS entries ON product_id = id
    WHERE code LIKE '${run}-%' AND movements > 0
    GROUP BY id, code, units, movements
    HAVING COUNT(number) <> movements OR SUM(gap <> 0) > 0 OR SUM(number = movements AND balance = units) <> 1`
}
