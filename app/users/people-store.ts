import type { Connection, Statement } from '../database/connection.js'
import { emailKey } from './account.js'

export function findByEmail(connection: Connection, email: string): Promise<{ id: number; email: string } | undefined> {
  return connection.first('SELECT id, email FROM users WHERE email_key = ?', [emailKey(email)])
}

/** Gives somebody a role, and lets them sign in. */
export function setRole(userId: number, roleId: number): Statement {
  return { sql: 'UPDATE users SET role_id = ?, disabled_at = NULL WHERE id = ?', values: [roleId, userId] }
}
