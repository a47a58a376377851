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

/** Takes a person's role for another. */
export function replaceRole(userId: number, roleId: number): Statement {
  return { sql: 'UPDATE users SET role_id = ? WHERE id = ?', values: [roleId, userId] }
}

/** From now on a person may not sign in, or may again. */
export function setDisabled(userId: number, disabled: boolean): Statement {
  const since = disabled ? 'UTC_TIMESTAMP(3)' : 'NULL'
  return { sql: `UPDATE users SET disabled_at = ${since} WHERE id = ?`, values: [userId] }
}

/**
 * Sees to it that somebody administers everything when this person no longer does. Nobody else changes their role until this
 * transaction ends; where they are an administrator, whoever takes another one's rights at the same moment, on whichever
 * replica, waits and counts then. Two who wait for each other are a deadlock, of which one is tried again.
 * @throws {LastAdministrator} where there is nobody else
 */
export async function expectAnotherAdministrator(connection: Connection, userId: number): Promise<void> {
  const { administrator } = builtInRoleIds
  const own = 'SELECT role_id AS roleId FROM users WHERE id = ? FOR UPDATE'
  const person = await connection.first<{ roleId: number }>(own, [userId])
  if (person?.roleId !== administrator) return
  const administrators = await connection.rows<{ id: number }>(
    'SELECT id FROM users WHERE role_id = ? AND disabled_at IS NULL ORDER BY id FOR UPDATE',
    [administrator],
  )
  const [first, ...others] = administrators
  if (first?.id === userId && others.length === 0) throw new LastAdministrator()
}
