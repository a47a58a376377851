import type { Connection, Statement } from '../database/connection.js'
import { TooManyAttempts } from '../errors.js'

/** How often something may be tried; an attempt that turns out right does not count. */
export interface Limit {
  /** So often without a pause. */
  free: number
  /** How long none is allowed after so many, in seconds. */
  pauseAfter(count: number): number
  /** When they are forgotten, in seconds from the first. */
  memory: number
}

/** What attempts are counted of. */
export interface Counted {
  id: Buffer
  limit: Limit
}

/**
 * Counts one more attempt of each. Those that come at the same time are counted one after the other.
 * @throws {TooManyAttempts} where one of them has to wait; none is counted then
 */
export async function take(connection: Connection, counted: Counted[]): Promise<void> {
  await connection.transaction(async () => {
    await connection.beginWith(lockAll(counted))
    const found = await connection.rowsIn<{ id: Buffer; count: number; wait: number }>(
      `SELECT id, count, TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), free_at) / 1e6 AS wait
       FROM attempts WHERE id IN (?)`,
      [counted.map(({ id }) => id)],
    )
    const statements = counted.map(({ id, limit }) => {
      const { count = 0, wait = 0 } = found.find((each) => each.id.equals(id)) ?? {}
      if (wait > 0) throw new TooManyAttempts(Math.ceil(wait), limit.pauseAfter(count) - wait)
      return set(id, count + 1, limit)
    })
    await connection.commitWith(...statements)
  })
}

/** Takes back an attempt that turned out right: of one it forgets those that failed before, too. */
export async function takeBack(connection: Connection, forgotten: Counted, { id, limit }: Counted): Promise<void> {
  await connection.transact(
    { sql: 'DELETE FROM attempts WHERE id = ?', values: [forgotten.id] },
    {
      sql: `UPDATE attempts SET count = count - 1, free_at = IF(count < ?, UTC_TIMESTAMP(3), free_at)
            WHERE id = ? AND count > 0`,
      values: [limit.free, id],
    },
  )
}

/** Forgets some that are past their time. @returns how many */
export async function deleteOldAttempts(connection: Connection, most: number): Promise<number> {
  const { affectedRows } = await connection.change('DELETE FROM attempts WHERE forget_at < UTC_TIMESTAMP(3) LIMIT ?', [
    most,
  ])
  return affectedRows
}

/** In one order, so that two never wait for each other; what is past its time begins anew. */
function lockAll(counted: Counted[]): Statement {
  const rows = [...counted].sort((one, other) => one.id.compare(other.id))
  const row = '(?, 0, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ? SECOND)'
  const isOver = 'attempts.forget_at < UTC_TIMESTAMP(3)'
  return {
    sql: `INSERT INTO attempts (id, count, free_at, forget_at) VALUES ${rows.map(() => row).join(', ')}
      ON DUPLICATE KEY UPDATE count = IF(${isOver}, 0, attempts.count),
        free_at = IF(${isOver}, UTC_TIMESTAMP(3), attempts.free_at),
        forget_at = IF(${isOver}, VALUES(forget_at), attempts.forget_at)`,
    values: rows.flatMap(({ id, limit }) => [id, limit.memory]),
  }
}

function set(id: Buffer, count: number, { free, pauseAfter }: Limit): Statement {
  const pause = count < free ? 0 : pauseAfter(count)
  return {
    sql: 'UPDATE attempts SET count = ?, free_at = UTC_TIMESTAMP(3) + INTERVAL ? SECOND WHERE id = ?',
    values: [count, pause, id],
  }
}
