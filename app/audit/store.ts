import type { Connection, Value } from '../database/connection.js'
import type { AuditQuery, Entry } from './entry.js'

/** Which entries of one database. */
export type Filters = Omit<AuditQuery, 'u' | 'p'>

/** The latest entries of a database's audit first, which are those of the highest numbers. */
export async function findEntries(
  connection: Connection,
  filters: Filters & { before: number | undefined },
  most: number,
): Promise<Omit<Entry, 'database'>[]> {
  const asked = Object.entries(conditions).flatMap(([name, sql]) => {
    const value = filters[name as keyof typeof conditions]
    return value === undefined ? [] : [{ sql, value }]
  })
  const where = asked.length > 0 ? `WHERE ${asked.map(({ sql }) => sql).join(' AND ')}` : ''
  const rows = await connection.rows<Omit<Entry, 'database' | 'changes'> & { changes: string }>(
    `SELECT id, at, action, actor_id AS actorId, actor, subject_kind AS kind, subject_id AS subjectId, subject,
       changes, address, replica, request_id AS requestId
     FROM audit ${where} ORDER BY id DESC LIMIT ?`,
    [...asked.flatMap(({ sql, value }): Value[] => [...sql.matchAll(/\?/g)].map(() => value)), most],
  )
  return rows.map((row) => ({ ...row, changes: JSON.parse(row.changes) }))
}

/**
 * Days are asked for by numbers, too, so that an old day does not read all that came after it. Numbers are given in the order
 * of time but for what was written at the same moment, so a minute's worth of them is left on either side. `+ INTERVAL 0
 * SECOND` keeps servers from the index of times, which has them in no order of a page.
 */
const conditions: Record<keyof Filters | 'before', string> = {
  who: 'actor = ?',
  person: 'actor_id = ?',
  action: 'action = ?',
  kind: 'subject_kind = ?',
  id: 'subject_id = ?',
  from: `at + INTERVAL 0 SECOND >= ?
    AND id >= (SELECT MIN(id) FROM audit WHERE at >= ?
      AND at <= (SELECT MIN(at) FROM audit WHERE at >= ?) + INTERVAL 1 MINUTE)`,
  to: `at + INTERVAL 0 SECOND < ? + INTERVAL 1 DAY
    AND id <= (SELECT MAX(id) FROM audit WHERE at < ? + INTERVAL 1 DAY
      AND at >= (SELECT MAX(at) FROM audit WHERE at < ? + INTERVAL 1 DAY) - INTERVAL 1 MINUTE)`,
  request: 'request_id = ?',
  before: 'id < ?',
}
