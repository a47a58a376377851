import type { Connection, Statement } from '../database/connection.js'
import type { Database } from '../database/database.js'
import { TryAgain } from '../database/transient.js'
import { reach } from './failpoints.js'
import { replay } from './replay.js'
import * as store from './store.js'
import { type Claim, claimOf, type Write } from './write.js'

/** Exactly-once writes to one database. @param secret see {@link claimOf} */
export function createWrites(database: Database, secret: string) {
  return {
    /**
     * Does a write exactly once, however often it arrives and whatever dies: the claim of its key, the work and the
     * result commit in one transaction. A second arrival waits for the first and gets its result. A COMMIT of unknown
     * outcome needs no special case: the work is run again, and its key shows whether it was done.
     * @param contents what is written, as parsed; a second arrival with other contents is refused
     * @param work does everything through the connection it is given, which is in the transaction; or leaves statements to go
     * with COMMIT, as is best where others wait for their locks; its result must survive JSON
     * @throws {KeyReused} when the key was used with other contents
     * @throws {DatabaseUnavailable} when the database stayed away; the write may be sent again with its key
     */
    once<T>(write: Write, contents: unknown, work: Work<T>): Promise<T> {
      const claim = claimOf(write, contents, secret)
      return database.run(write.deadline, async (connection) => {
        try {
          return await execute(connection, claim, work)
        } catch (error) {
          if (!(error instanceof store.Claimed)) throw error
          const done = await replay<T>(connection, claim)
          // The sweep took the row between the claim that met it and this reading.
          if (!done) throw new TryAgain()
          return done.result
        }
      })
    },
  }
}

/** What a write does. */
export type Work<T> = (connection: Connection, withCommit: (...statements: Statement[]) => void) => Promise<T>

async function execute<T>(connection: Connection, claim: Claim, work: Work<T>): Promise<T> {
  const done = await connection.transaction(async () => {
    reach('before the claim')
    await store.insertClaim(connection, claim)
    reach('after the claim')
    const last: Statement[] = []
    const result = await work(connection, (...statements) => last.push(...statements))
    reach('before COMMIT')
    const sent = store.saveResult(connection, claim, result, last)
    reach('COMMIT sent')
    await sent
    return result
  })
  reach('after COMMIT')
  return done
}
