import type { Connection } from '../database/connection.js'

/** Something that was done with an account, or by its owner. */
export interface Activity {
  id: number
  at: Date
  action: string
  /** The e-mail address of who did it; empty: a stranger, or an operator. */
  actor: string
  address: string
  replica: string
}

const shownActivity = 20

/** The latest of them, what was done with the account and what its owner did. */
export function findActivity(connection: Connection, userId: number): Promise<Activity[]> {
  const latest = `ORDER BY id DESC LIMIT ${shownActivity}`
  return connection.rows(
    `SELECT id, at, action, actor, address, replica FROM audit JOIN (
       (SELECT id FROM audit WHERE actor_id = ? ${latest})
       UNION (SELECT id FROM audit WHERE subject_kind = 'user' AND subject_id = ? ${latest})
     ) AS own USING (id) ${latest}`,
    [userId, userId],
  )
}
