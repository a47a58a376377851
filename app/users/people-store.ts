import type { Connection, Statement } from '../database/connection.js'
import { LastAdministrator } from '../errors.js'
import { emailKey } from './account.js'
import { builtInRoleIds } from './role.js'

export function findByEmail(connection: Connection, email: string): Promise<{ id: number; email: string } | undefined> {
  return connection.first('SELECT id, email FROM users WHERE email_key = ?', [emailKey(email)])
}

/** Gives somebody a role, and lets them sign in. */
export function setRole(userId: number, roleId: number): Statement {
  return { sql: 'UPDATE users SET role_id = ?, disabled_at = NULL WHERE id = ?', values: [roleId, userId] }
}

/**
 * Sees to it that somebody administers everything when this person no longer does. Whoever takes another administrator's
 * rights at the same moment, on whichever replica, waits until this transaction ends, and counts then.
 * @throws {LastAdministrator} where there is nobody else
 */
export async function expectAnotherAdministrator(connection: Connection, userId: number): Promise<void> {
  const administrators = await connection.rows<{ id: number }>(
    'SELECT id FROM users WHERE role_id = ? AND disabled_at IS NULL ORDER BY id FOR UPDATE',
    [builtInRoleIds.administrator],
  )
  const [first, ...others] = administrators
  if (first?.id === userId && others.length === 0) throw new LastAdministrator()
}
