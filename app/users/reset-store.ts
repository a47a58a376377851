import type { Connection, Statement } from '../database/connection.js'
import { emailKey } from './account.js'
import { resetLifetime } from './reset-tokens.js'

/** Whom a link is for. */
export interface Owner {
  id: number
  email: string
  firstName: string
  lastName: string
}

/** Nobody's mailbox is flooded: so many links an hour. */
const mostLinks = 3

/** The person who may have a link sent: who has an account, may sign in, and has not had too many. */
export function findForReset(connection: Connection, email: string): Promise<Owner | undefined> {
  return connection.first(
    `SELECT id, email, first_name AS firstName, last_name AS lastName FROM users
     WHERE email_key = ? AND disabled_at IS NULL AND ? > (
       SELECT COUNT(*) FROM password_resets
       WHERE user_id = users.id AND created_at > UTC_TIMESTAMP(3) - INTERVAL 1 HOUR)`,
    [emailKey(email), mostLinks],
  )
}

/** Finds when a person may have another link, in seconds from now: 0 where they have not had too many. */
export async function findResetPause(connection: Connection, userId: number): Promise<number> {
  const last = await connection.first<{ pause: number }>(
    `SELECT GREATEST(0, 3600 - TIMESTAMPDIFF(SECOND, created_at, UTC_TIMESTAMP(3))) AS pause
     FROM password_resets WHERE user_id = ? ORDER BY created_at DESC LIMIT 1 OFFSET ?`,
    [userId, mostLinks - 1],
  )
  return last?.pause ?? 0
}

/** The statement that makes a link good. */
export function insertReset(hash: Buffer, userId: number): Statement {
  return {
    sql: `INSERT INTO password_resets (token_hash, user_id, created_at, expires_at)
      VALUES (?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ? SECOND)`,
    values: [hash, userId, resetLifetime],
  }
}

/** Whom a link is for, and whether it is still good. */
export function findReset(connection: Connection, hash: Buffer): Promise<(Owner & { open: 0 | 1 }) | undefined> {
  return connection.first(
    `SELECT users.id, users.email, users.first_name AS firstName, users.last_name AS lastName, ${isOpen} AS open
     FROM password_resets JOIN users ON users.id = password_resets.user_id WHERE token_hash = ?`,
    [hash],
  )
}

/** Uses a link, and with it all others of that person. @returns whether it was still good */
export async function useReset(connection: Connection, hash: Buffer, userId: number): Promise<boolean> {
  const used = 'UPDATE password_resets SET used_at = UTC_TIMESTAMP(3) WHERE'
  const { affectedRows } = await connection.change(`${used} token_hash = ? AND ${isOpen}`, [hash])
  if (affectedRows === 0) return false
  await connection.change(`${used} user_id = ? AND used_at IS NULL`, [userId])
  return true
}

const isOpen = '(used_at IS NULL AND expires_at > UTC_TIMESTAMP(3))'

/** Forgets some that have been over for a day, in which a second arrival may still ask for them. @returns how many */
export async function deleteOldResets(connection: Connection, most: number): Promise<number> {
  const sql = 'DELETE FROM password_resets WHERE expires_at < UTC_TIMESTAMP(3) - INTERVAL 1 DAY LIMIT ?'
  return (await connection.change(sql, [most])).affectedRows
}
