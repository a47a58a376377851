import type { Connection } from '../database/connection.js'
import { isDuplicate } from '../database/transient.js'
import { Taken } from '../errors.js'
import { emailKey, type User } from './account.js'
import { sessionTimeout } from './sessions.js'

export interface NewUser {
  firstName: string
  lastName: string
  email: string
  passwordHash: string
}

export interface Account {
  id: number
  passwordHash: string
}

export interface SessionRow {
  user: User
  expiresAt: Date
}

/** @throws {Taken} when the address has an account */
export async function insertUser(connection: Connection, user: NewUser): Promise<number> {
  try {
    const { insertId } = await connection.change(
      `INSERT INTO users (first_name, last_name, email, email_key, password_hash, created_at)
       VALUES (?, ?, ?, ?, ?, UTC_TIMESTAMP(3))`,
      [user.firstName, user.lastName, user.email, emailKey(user.email), user.passwordHash],
    )
    return insertId
  } catch (error) {
    throw isDuplicate(error, 'users_email_key_unique') ? new Taken('email') : error
  }
}

export function findAccount(connection: Connection, email: string): Promise<Account | undefined> {
  return connection.first('SELECT id, password_hash AS passwordHash FROM users WHERE email_key = ?', [emailKey(email)])
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

export async function insertSession(connection: Connection, idHash: Buffer, userId: number): Promise<void> {
  await connection.change(
    `INSERT INTO sessions (id_hash, user_id, created_at, expires_at)
     VALUES (?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ? SECOND)`,
    [idHash, userId, sessionTimeout.idle],
  )
}

/** The sessions that have not ended, with their users, in the order of the hashes. */
export async function findSessions(connection: Connection, idHashes: Buffer[]): Promise<(SessionRow | undefined)[]> {
  const rows = await connection.rowsIn<Omit<User, 'role'> & { idHash: Buffer; expiresAt: Date }>(
    `SELECT sessions.id_hash AS idHash, sessions.expires_at AS expiresAt,
       users.id, users.first_name AS firstName, users.last_name AS lastName, users.email
     FROM sessions JOIN users ON users.id = sessions.user_id
     WHERE sessions.id_hash IN (?) AND sessions.expires_at > UTC_TIMESTAMP(3)`,
    [idHashes],
  )
  const found = new Map(
    rows.map(({ idHash, expiresAt, ...user }) => [idHash.toString('hex'), { user: { ...user, role }, expiresAt }]),
  )
  return idHashes.map((idHash) => found.get(idHash.toString('hex')))
}

/** Everybody's, as yet. */
const role: User['role'] = 'editor'

/** Lets a session last longer; one that has ended stays ended, because this never inserts. */
export async function extendSession(connection: Connection, idHash: Buffer): Promise<void> {
  const { idle, absolute } = sessionTimeout
  await connection.change(
    `UPDATE sessions
     SET expires_at = LEAST(UTC_TIMESTAMP(3) + INTERVAL ? SECOND, created_at + INTERVAL ? SECOND)
     WHERE id_hash = ?`,
    [idle, absolute, idHash],
  )
}

export async function deleteSession(connection: Connection, idHash: Buffer): Promise<void> {
  await connection.change('DELETE FROM sessions WHERE id_hash = ?', [idHash])
}

/** Deletes some of the expired sessions. @returns how many */
export async function deleteExpiredSessions(connection: Connection, most: number): Promise<number> {
  const { affectedRows } = await connection.change('DELETE FROM sessions WHERE expires_at < UTC_TIMESTAMP(3) LIMIT ?', [
    most,
  ])
  return affectedRows
}
