import type { Knex } from 'knex'
import type { Database } from '../database/database.js'
import { TryAgain } from '../database/transient.js'
import { KeyReused } from '../errors.js'
import { reach } from './failpoints.js'
import * as store from './store.js'
import { type Claim, claimOf, type Write } from './write.js'

export type Transaction = Knex.Transaction

/** Exactly-once writes to one database. @param secret see {@link claimOf} */
export function createWrites(database: Database, secret: string) {
  return {
    /**
     * Does a write exactly once, however often it arrives and whatever dies: the claim of its key, the work and the
     * result commit in one transaction. A second arrival waits for the first and gets its result. A COMMIT of unknown
     * outcome needs no special case: the work is run again, and its key shows whether it was done.
     * @param contents what is written, as parsed; a second arrival with other contents is refused
     * @param work does everything through the transaction it is given; its result must survive JSON
     * @throws {KeyReused} when the key was used with other contents
     * @throws {DatabaseUnavailable} when the database stayed away; the write may be sent again with its key
     */
    once<T>(write: Write, contents: unknown, work: (transaction: Transaction) => Promise<T>): Promise<T> {
      const claim = claimOf(write, contents, secret)
      return database.run(write.deadline, async (knex) => {
        try {
          return await execute(knex, claim, work)
        } catch (error) {
          if (error instanceof store.Claimed) return await replay<T>(knex, claim)
          throw error
        }
      })
    },
  }
}

async function execute<T>(knex: Knex, claim: Claim, work: (transaction: Transaction) => Promise<T>): Promise<T> {
  const done = await knex.transaction(async (transaction) => {
    reach('before the claim')
    await store.insertClaim(transaction, claim)
    reach('after the claim')
    const result = await work(transaction)
    await store.saveResult(transaction, claim, result)
    reach('before COMMIT')
    // knex sends COMMIT when this function returns, and its answer cannot be read before the immediates ran.
    setImmediate(reach, 'COMMIT sent')
    return result
  })
  reach('after COMMIT')
  return done
}

/** A row that can be read is one whose transaction has committed, so it has its result. */
async function replay<T>(knex: Knex, claim: Claim): Promise<T> {
  const found = await store.findResult(knex, claim)
  // The sweep took the row between the claim that met it and this reading.
  if (!found) throw new TryAgain()
  if (!claim.fingerprint.equals(found.fingerprint)) throw new KeyReused()
  return found.result as T
}
