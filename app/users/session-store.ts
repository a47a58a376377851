import type { Connection, Statement } from '../database/connection.js'
import { insertInto, typed } from '../database/connection.js'
import type { Locale } from '../i18n/locales.js'
import type { User } from './account.js'
import type { BuiltInRole } from './role.js'
import { permissionsOf } from './role.js'
import { seenEvery, sessionTimeout } from './sessions.js'

export interface SessionRow {
  user: User
  expiresAt: Date
  /** Whether it was seen so long ago that it is noted again. */
  unseen: boolean
}

/** Where a session is used. */
export interface Place {
  address: string
  replica: string
}

/** One of a person's sessions, as they see it. */
export interface OwnSession extends Place {
  idHash: Buffer
  userAgent: string
  createdAt: Date
  seenAt: Date
}

/** The statement that starts a session. */
export function insertSession(idHash: Buffer, userId: number, userAgent: string, place: Place): Statement {
  const now = 'UTC_TIMESTAMP(3)'
  return insertInto(
    'sessions (id_hash, user_id, created_at, seen_at, expires_at, user_agent, address, replica)',
    `(?, ?, ${now}, ${now}, ${now} + INTERVAL ? SECOND, _utf8mb4 ?, ?, ?)`,
    [[idHash, userId, sessionTimeout.idle, typed(userAgent), place.address, place.replica]],
  )
}

/** The sessions that have not ended, of people who may sign in, in the order of the hashes. */
export async function findSessions(connection: Connection, idHashes: Buffer[]): Promise<(SessionRow | undefined)[]> {
  const rows = await connection.rowsIn<Row>(
    `SELECT sessions.id_hash AS idHash, sessions.expires_at AS expiresAt,
       COALESCE(sessions.seen_at < UTC_TIMESTAMP(3) - INTERVAL ${seenEvery} SECOND, 1) AS unseen,
       users.id, users.first_name AS firstName, users.last_name AS lastName, users.email, users.locale,
       roles.id AS roleId, roles.built_in AS builtIn, roles.name AS roleName, roles.permissions
     FROM sessions JOIN users ON users.id = sessions.user_id JOIN roles ON roles.id = users.role_id
     WHERE sessions.id_hash IN (?) AND sessions.expires_at > UTC_TIMESTAMP(3) AND users.disabled_at IS NULL`,
    [idHashes],
  )
  const found = new Map(rows.map((row) => [row.idHash.toString('hex'), sessionOf(row)]))
  return idHashes.map((idHash) => found.get(idHash.toString('hex')))
}

interface Row {
  idHash: Buffer
  expiresAt: Date
  unseen: 0 | 1
  id: number
  firstName: string
  lastName: string
  email: string
  locale: Locale | null
  roleId: number
  builtIn: BuiltInRole | null
  roleName: string
  permissions: string
}

function sessionOf({
  idHash: _,
  expiresAt,
  unseen,
  roleId,
  builtIn,
  roleName,
  permissions,
  ...person
}: Row): SessionRow {
  const role = { id: roleId, builtIn, name: roleName }
  const user = { ...person, role, permissions: permissionsOf({ builtIn, permissions }) }
  return { user, expiresAt, unseen: unseen === 1 }
}

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

/** Notes that a session is used. Of requests that come together, the first one does. */
export async function noteSeen(connection: Connection, idHash: Buffer, { address, replica }: Place): Promise<void> {
  await connection.change(
    `UPDATE sessions SET seen_at = UTC_TIMESTAMP(3), address = ?, replica = ?
     WHERE id_hash = ? AND COALESCE(seen_at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND, 1)`,
    [address, replica, idHash, seenEvery],
  )
}

/** A person's sessions, the one that was seen last before the others. */
export function findOwnSessions(connection: Connection, userId: number): Promise<OwnSession[]> {
  return connection.rows(
    `SELECT id_hash AS idHash, user_agent AS userAgent, address, replica, created_at AS createdAt,
       COALESCE(seen_at, created_at) AS seenAt
     FROM sessions WHERE user_id = ? AND expires_at > UTC_TIMESTAMP(3) ORDER BY seenAt DESC, id_hash LIMIT 100`,
    [userId],
  )
}

/** @returns how many there were */
export async function deleteSession(connection: Connection, idHash: Buffer): Promise<number> {
  return (await connection.change('DELETE FROM sessions WHERE id_hash = ?', [idHash])).affectedRows
}

/** Ends one of a person's sessions. @returns how many there were */
export async function deleteOwnSession(connection: Connection, userId: number, idHash: Buffer): Promise<number> {
  const sql = 'DELETE FROM sessions WHERE user_id = ? AND id_hash = ?'
  return (await connection.change(sql, [userId, idHash])).affectedRows
}

/** Ends all of a person's sessions but one. @returns how many */
export async function deleteOtherSessions(connection: Connection, userId: number, kept: Buffer): Promise<number> {
  const sql = 'DELETE FROM sessions WHERE user_id = ? AND id_hash <> ?'
  return (await connection.change(sql, [userId, kept])).affectedRows
}

/** Ends all of a person's sessions. @returns how many */
export async function deleteAllSessions(connection: Connection, userId: number): Promise<number> {
  return (await connection.change('DELETE FROM sessions WHERE user_id = ?', [userId])).affectedRows
}

/** Deletes some of the expired sessions. @returns how many */
export async function deleteExpiredSessions(connection: Connection, most: number): Promise<number> {
  const { affectedRows } = await connection.change('DELETE FROM sessions WHERE expires_at < UTC_TIMESTAMP(3) LIMIT ?', [
    most,
  ])
  return affectedRows
}
