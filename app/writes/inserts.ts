import type { Connection, Statement } from '../database/connection.js'
import type { Database } from '../database/database.js'
import { isDuplicate, isLockConflict, isStatementTimeout, isTransient, TryAgain } from '../database/transient.js'
import { reach } from './failpoints.js'
import { replay } from './replay.js'
import * as store from './store.js'
import { type Claim, claimOf, type Write } from './write.js'

/**
 * Makes a write that inserts one row. It is done exactly once, as by `once` of writes.ts, but in a single round trip, and
 * those that arrive at the same time share a transaction. The claim follows the row, whose id is its result; so a second
 * arrival fails on the first one's row or claim, and only then is given that result.
 * @param secret see {@link claimOf}
 * @param insert the statement for some rows, of a table that numbers them
 * @param name of the row's id in the result
 * @param after the statement that follows, in which LAST_INSERT_ID() is the id of the first row
 * @returns the write, which gives the row's id and throws as `once` does, and what the INSERT fails with
 */
export function createInsert<Row>(
  database: Database,
  secret: string,
  insert: (rows: Row[]) => Statement,
  name: string,
  after?: (rows: Row[]) => Statement,
) {
  const insertBatched = database.batched(insertTogether, maxBatchSize)
  return async (write: Write, contents: unknown, row: Row): Promise<number> => {
    const insertion = { row, claim: claimOf(write, contents, secret) }
    const id = await insertBatched(insertion, write.deadline)
    if (id !== alone) return id
    return database.run(write.deadline, (connection) => insertOrReplay(connection, insertion))
  }

  async function insertTogether(
    connection: Connection,
    insertions: Insertion<Row>[],
  ): Promise<(number | typeof alone)[]> {
    const [only, ...others] = insertions
    if (only && others.length === 0) return [await insertOrReplay(connection, only)]
    try {
      const first = await insertAndClaim(connection, insertions)
      return insertions.map((_, index) => first + index)
    } catch (error) {
      const isOfAll = (isTransient(error) && !isLockConflict(error)) || isStatementTimeout(error)
      if (isOfAll) throw error
      return insertions.map(() => alone)
    }
  }

  async function insertOrReplay(connection: Connection, insertion: Insertion<Row>): Promise<number> {
    try {
      return await insertAndClaim(connection, [insertion])
    } catch (error) {
      const done = isDuplicate(error) ? await replay<Record<string, number>>(connection, insertion.claim) : undefined
      // Without a result, the sweep took the claim between the INSERT that met it and this reading.
      if (!done) throw isDuplicate(error, 'PRIMARY') ? new TryAgain() : error
      return done.result[name] as number
    }
  }

  /** @returns the id of the first row, which those of the others follow: see the settings of a session in pool.ts */
  async function insertAndClaim(connection: Connection, insertions: Insertion<Row>[]): Promise<number> {
    reach('before the claim')
    const rows = insertions.map(({ row }) => row)
    const claims = store.claimsOfNumbers(
      insertions.map(({ claim }) => claim),
      name,
    )
    const sent = connection.transact(insert(rows), claims, ...(after ? [after(rows)] : []))
    reach('COMMIT sent')
    const [inserted] = await sent
    reach('after COMMIT')
    return inserted?.insertId as number
  }
}

interface Insertion<Row> {
  row: Row
  claim: Claim
}

/** How many rows share a transaction, at most: what one of them waits for, all wait for. */
const maxBatchSize = 16

/** What stands for the id where one of several cannot be inserted: each is then tried by itself. */
const alone = Symbol('alone')
