import type { Connection, Statement } from '../database/connection.js'
import { isDuplicate } from '../database/transient.js'
import { Taken } from '../errors.js'
import type { Locale } from '../i18n/locales.js'
import { emailKey, type User } from './account.js'

export interface NewUser {
  firstName: string
  lastName: string
  email: string
  passwordHash: string
  roleId: number
}

export interface Account {
  id: number
  email: string
  passwordHash: string
  disabled: 0 | 1
  locale: Locale | null
}

/** @throws {Taken} when the address has an account */
export async function insertUser(connection: Connection, user: NewUser): Promise<number> {
  try {
    const { insertId } = await connection.change(
      `INSERT INTO users (first_name, last_name, email, email_key, password_hash, role_id, created_at)
       VALUES (?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))`,
      [user.firstName, user.lastName, user.email, emailKey(user.email), user.passwordHash, user.roleId],
    )
    return insertId
  } catch (error) {
    throw isDuplicate(error, 'users_email_key_unique') ? new Taken('email') : error
  }
}

export function findAccount(connection: Connection, email: string): Promise<Account | undefined> {
  return connection.first(
    `SELECT id, email, password_hash AS passwordHash, disabled_at IS NOT NULL AS disabled, locale FROM users WHERE email_key = ?`,
    [emailKey(email)],
  )
}

/** People's names, in the order of their numbers. */
export async function findNames(connection: Connection, ids: number[]): Promise<(string | undefined)[]> {
  const rows = await connection.rowsIn<Pick<User, 'id' | 'firstName' | 'lastName'>>(
    'SELECT id, first_name AS firstName, last_name AS lastName FROM users WHERE id IN (?)',
    [ids],
  )
  const found = new Map(rows.map(({ id, firstName, lastName }) => [id, `${firstName} ${lastName}`]))
  return ids.map((id) => found.get(id))
}

/** The statement that sets somebody's password. */
export function setPassword(userId: number, passwordHash: string): Statement {
  return { sql: 'UPDATE users SET password_hash = ? WHERE id = ?', values: [passwordHash, userId] }
}
