import { createHash, createHmac } from 'node:crypto'
import type { Knex } from 'knex'
import { reach } from './crash-points.js'
import { isDuplicate, patiently, TryAgain } from './databases.js'
import { KeyReused } from './errors.js'

/** A write as it arrived. Two arrivals of one write have the same key; the fingerprint tells whether the contents agree. */
export interface Write {
  key: Buffer
  fingerprint: Buffer
}

/** How long a write's answer is kept, in hours. */
const retention = 24

/**
 * Names a write.
 * @param secret keys the fingerprint, which covers passwords: without it the stored value would allow guessing them
 * @param principal who writes; keys of different people never meet
 * @param route method and path; neither do keys of different forms
 */
export function identifyWrite(secret: string, principal: string, route: string, key: string, contents: string): Write {
  return {
    key: createHash('sha256')
      .update(JSON.stringify([principal, route, key]))
      .digest(),
    fingerprint: createHmac('sha256', secret)
      .update(JSON.stringify([route, contents]))
      .digest(),
  }
}

/**
 * Does a write exactly once, however often it arrives and whatever dies: the claim of its key, the work and the result
 * commit in one transaction of the database being written. A second arrival waits for the first and gets its result.
 * A COMMIT of unknown outcome needs no care of its own: the work is tried again, and its key tells whether it was done.
 * @param work does everything through the transaction it is given; its result must survive JSON
 * @throws {KeyReused} when the key was used with other contents
 * @throws {DatabaseUnavailable} when the database stayed away; the write may be sent again with its key
 */
export async function once<T>(database: Knex, write: Write, work: (transaction: Knex.Transaction) => Promise<T>) {
  return patiently(async () => {
    try {
      const done = await database.transaction(async (transaction) => {
        reach('before the claim')
        await claim(transaction, write)
        reach('after the claim')
        const result = await work(transaction)
        await transaction('idempotency_keys')
          .where({ id: write.key })
          .update({ result: JSON.stringify(result) })
        reach('before COMMIT')
        // knex sends COMMIT when this function returns, and its answer cannot be read before the immediates ran.
        setImmediate(reach, 'COMMIT sent')
        return result
      })
      reach('after COMMIT')
      return done
    } catch (error) {
      if (error instanceof Claimed) return await replay<T>(database, write)
      throw error
    }
  })
}

/** Forgets the keys that are older than a day, in batches small enough to disturb nobody. */
export async function sweepKeys(database: Knex): Promise<void> {
  const batch = 500
  for (let deleted = batch; deleted === batch; ) {
    deleted = await database('idempotency_keys')
      .whereRaw('created_at < UTC_TIMESTAMP(3) - INTERVAL ? HOUR', [retention])
      .limit(batch)
      .delete()
  }
}

class Claimed extends Error {}

async function claim(transaction: Knex.Transaction, write: Write) {
  try {
    await transaction('idempotency_keys').insert({
      id: write.key,
      fingerprint: write.fingerprint,
      created_at: transaction.raw('UTC_TIMESTAMP(3)'),
    })
  } catch (error) {
    throw isDuplicate(error, 'PRIMARY') ? new Claimed() : error
  }
}

/** A row that can be read is one whose transaction has committed, so it has its result. */
async function replay<T>(database: Knex, write: Write): Promise<T> {
  const row = await database('idempotency_keys').where({ id: write.key }).first('fingerprint', 'result')
  // The sweeper took the row between the claim that met it and this reading.
  if (!row) throw new TryAgain()
  const result = JSON.parse(row.result) as T
  if (!write.fingerprint.equals(row.fingerprint)) throw new KeyReused(result)
  return result
}
