import type { Connection } from '../database/connection.js'
import { isDuplicate } from '../database/transient.js'
import { Taken } from '../errors.js'
import { emailKey } from './account.js'
import type { Profile } from './own-account-input.js'
import type { Account } from './store.js'

export async function updateProfile(connection: Connection, userId: number, profile: Profile): Promise<void> {
  const { firstName, lastName, locale } = profile
  const sql = 'UPDATE users SET first_name = ?, last_name = ?, locale = ? WHERE id = ?'
  await connection.change(sql, [firstName, lastName, locale, userId])
}

/** Whose address is to be changed; they stay as they are until the transaction ends. */
export function findOwnerToChange(
  connection: Connection,
  userId: number,
): Promise<Omit<Account, 'disabled'> | undefined> {
  return connection.first(
    'SELECT id, email, password_hash AS passwordHash, locale FROM users WHERE id = ? FOR UPDATE',
    [userId],
  )
}

/** @throws {Taken} when another account has the address */
export async function updateEmail(connection: Connection, userId: number, email: string): Promise<void> {
  try {
    await connection.change('UPDATE users SET email = ?, email_key = ? WHERE id = ?', [email, emailKey(email), userId])
  } catch (error) {
    throw isDuplicate(error, 'users_email_key_unique') ? new Taken('email') : error
  }
}

/** @returns whether the password was still the one that was verified */
export async function updatePassword(
  connection: Connection,
  userId: number,
  from: string,
  to: string,
): Promise<boolean> {
  const sql = 'UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?'
  return (await connection.change(sql, [to, userId, from])).affectedRows > 0
}

/** With the sessions, by their foreign key. @returns how many there were */
export async function deleteUser(connection: Connection, userId: number): Promise<number> {
  return (await connection.change('DELETE FROM users WHERE id = ?', [userId])).affectedRows
}
