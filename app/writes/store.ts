import type { Knex } from 'knex'
import { isDuplicate } from '../database/transient.js'
import type { Claim } from './write.js'

/** How long a write's result is kept, in hours. */
const retention = 24

/** Thrown when the key was claimed before, by a write that has committed. */
export class Claimed extends Error {}

/** Waits for a transaction that claimed the same key and still runs. @throws {Claimed} */
export async function insertClaim(knex: Knex, { id, fingerprint }: Claim): Promise<void> {
  try {
    await knex('idempotency_keys').insert({ id, fingerprint, created_at: knex.raw('UTC_TIMESTAMP(3)') })
  } catch (error) {
    throw isDuplicate(error, 'PRIMARY') ? new Claimed() : error
  }
}

export async function saveResult(knex: Knex, { id }: Claim, result: unknown): Promise<void> {
  await knex('idempotency_keys')
    .where({ id })
    .update({ result: JSON.stringify(result) })
}

/** The result of the write that claimed the key first, and that write's fingerprint. */
export async function findResult(
  knex: Knex,
  { id }: Claim,
): Promise<{ fingerprint: Buffer; result: unknown } | undefined> {
  const row = await knex('idempotency_keys').where({ id }).first('fingerprint', 'result')
  return row && { fingerprint: row.fingerprint, result: JSON.parse(row.result) }
}

/** Forgets some of the keys past their time. @returns how many */
export function deleteOldClaims(knex: Knex, most: number): Promise<number> {
  return knex('idempotency_keys')
    .whereRaw('created_at < UTC_TIMESTAMP(3) - INTERVAL ? HOUR', [retention])
    .limit(most)
    .delete()
}
