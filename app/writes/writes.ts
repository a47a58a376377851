import type { Connection, Statement } from '../database/connection.js'
import type { Database } from '../database/database.js'
import type { Deadline } from '../database/deadline.js'
import { isDuplicate, isTransient, TryAgain } from '../database/transient.js'
import { KeyReused } from '../errors.js'
import { reach } from './failpoints.js'
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
     * @param work does everything through the connection it is given, which is in the transaction; its result must survive JSON
     * @throws {KeyReused} when the key was used with other contents
     * @throws {DatabaseUnavailable} when the database stayed away; the write may be sent again with its key
     */
    once<T>(write: Write, contents: unknown, work: (connection: Connection) => Promise<T>): Promise<T> {
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

    /**
     * Makes writes that each insert one row. They are done as {@link once} does them, but in a single round trip, which
     * those share that come at the same time. The claim follows the row, whose id is its result; so a second arrival
     * fails on the first one's row or claim, and only then is given that result.
     * @param insert the statement for some rows; the table gives them their ids
     * @param name of the id in the result
     * @returns the write of one row, which gives its id and throws as {@link once} does, and what the INSERT fails with
     */
    insertOnce<Row>(insert: (rows: Row[]) => Statement, name: string) {
      const insertTogether = database.gathered(insertAll, mostTogether)
      return async (write: Write, contents: unknown, row: Row): Promise<number> => {
        const claim = claimOf(write, contents, secret)
        return (await insertTogether({ row, claim }, write.deadline)) ?? insertAlone(write.deadline, { row, claim })
      }

      /** The ids of the rows; of none when one of them cannot be inserted, since then each is tried by itself. */
      async function insertAll(connection: Connection, added: Added<Row>[]): Promise<(number | undefined)[]> {
        try {
          const first = await insertAndClaim(connection, added)
          return added.map((_, index) => first + index)
        } catch (error) {
          if (isTransient(error)) throw error
          return added.map(() => undefined)
        }
      }

      function insertAlone(deadline: Deadline, added: Added<Row>): Promise<number> {
        return database.run(deadline, async (connection) => {
          try {
            return await insertAndClaim(connection, [added])
          } catch (error) {
            const done = isDuplicate(error) ? await replay<Record<string, number>>(connection, added.claim) : undefined
            if (!done) throw isDuplicate(error, 'PRIMARY') ? new TryAgain() : error // the sweep, as above
            return done.result[name] as number
          }
        })
      }

      /** @returns the id of the first row; those of the others follow it */
      async function insertAndClaim(connection: Connection, added: Added<Row>[]): Promise<number> {
        reach('before the claim')
        const rows = insert(added.map(({ row }) => row))
        const claims = store.claimWithNumbers(
          added.map(({ claim }) => claim),
          name,
        )
        const [inserted] = await sent(connection.transact(rows, claims))
        reach('after COMMIT')
        return inserted?.insertId as number
      }
    },
  }
}

interface Added<Row> {
  row: Row
  claim: Claim
}

/** How many rows are inserted together, at most: others wait for their locks, and a packet has 16 MB. */
const mostTogether = 16

async function execute<T>(
  connection: Connection,
  claim: Claim,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const done = await connection.transaction(async () => {
    reach('before the claim')
    await store.insertClaim(connection, claim)
    reach('after the claim')
    const result = await work(connection)
    reach('before COMMIT')
    await sent(store.saveResult(connection, claim, result))
    return result
  })
  reach('after COMMIT')
  return done
}

/** The answer to a COMMIT cannot be read before the immediates ran. */
function sent<T>(commit: Promise<T>): Promise<T> {
  setImmediate(reach, 'COMMIT sent')
  return commit
}

/** A claim that can be read is one whose transaction has committed, so it has its result. */
async function replay<T>(connection: Connection, claim: Claim): Promise<{ result: T } | undefined> {
  const found = await store.findResult(connection, claim)
  if (!found) return undefined
  if (!claim.fingerprint.equals(found.fingerprint)) throw new KeyReused()
  return { result: found.result as T }
}
