import { type Connection, insertInto, type Statement } from '../database/connection.js'
import { isDuplicate } from '../database/transient.js'
import type { Claim } from './write.js'

/** How long a write's result is kept, in hours. */
const retention = 24

/** Thrown when the key was claimed before, by a write that has committed. */
export class Claimed extends Error {}

/** Begins the transaction. Waits for one that claimed the same key and still runs. @throws {Claimed} */
export async function insertClaim(connection: Connection, { id, fingerprint }: Claim): Promise<void> {
  try {
    await connection.beginWith({
      sql: 'INSERT INTO idempotency_keys (id, fingerprint, created_at) VALUES (?, ?, UTC_TIMESTAMP(3))',
      values: [id, fingerprint],
    })
  } catch (error) {
    throw isDuplicate(error, 'PRIMARY') ? new Claimed() : error
  }
}

/** Commits the transaction, after its last statements. */
export async function saveResult(
  connection: Connection,
  { id }: Claim,
  result: unknown,
  last: Statement[],
): Promise<void> {
  await connection.commitWith(...last, {
    sql: 'UPDATE idempotency_keys SET result = ? WHERE id = ?',
    values: [JSON.stringify(result), id],
  })
}

/**
 * The statement that claims keys, each with the id of a row as its result: of the rows of the INSERT just before, in their
 * order, which are numbered one after the other.
 * @param name of the id in the result
 */
export function claimsOfNumbers(claims: Claim[], name: string): Statement {
  return insertInto(
    'idempotency_keys (id, fingerprint, result, created_at)',
    '(?, ?, JSON_OBJECT(?, LAST_INSERT_ID() + ?), UTC_TIMESTAMP(3))',
    claims.map(({ id, fingerprint }, index) => [id, fingerprint, name, index]),
  )
}

/** The result of the write that claimed the key first, and that write's fingerprint. */
export async function findResult(
  connection: Connection,
  { id }: Claim,
): Promise<{ fingerprint: Buffer; result: unknown } | undefined> {
  const row = await connection.first<{ fingerprint: Buffer; result: string }>(
    'SELECT fingerprint, result FROM idempotency_keys WHERE id = ?',
    [id],
  )
  return row && { fingerprint: row.fingerprint, result: JSON.parse(row.result) }
}

/** Forgets some of the keys past their time. @returns how many */
export async function deleteOldClaims(connection: Connection, most: number): Promise<number> {
  const { affectedRows } = await connection.change(
    'DELETE FROM idempotency_keys WHERE created_at < UTC_TIMESTAMP(3) - INTERVAL ? HOUR LIMIT ?',
    [retention, most],
  )
  return affectedRows
}
