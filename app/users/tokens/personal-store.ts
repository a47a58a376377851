import type { Connection } from '../../database/connection.js'
import type { Locale } from '../../i18n/locales.js'
import type { User } from '../account.js'
import { type BuiltInRole, permissionsOf } from '../role.js'
import { seenEvery } from '../sessions.js'

/** A personal token, as its owner sees it. */
export interface PersonalToken {
  id: number
  name: string
  /** Names of permissions, with a space between. */
  scopes: string
  createdAt: Date
  expiresAt: Date
  usedAt: Date | null
}

/** Whose token it is, with what it allows. */
export interface Bearer {
  tokenId: number
  user: User
  /** Whether it was used so long ago that it is noted again. */
  unseen: boolean
}

/** @param days after which it ends */
export async function insertToken(
  connection: Connection,
  { tokenHash, userId, name, scopes, days }: NewToken,
): Promise<void> {
  await connection.change(
    `INSERT INTO api_tokens (token_hash, user_id, name, scopes, created_at, expires_at)
     VALUES (?, ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ? DAY)`,
    [tokenHash, userId, name, scopes, days],
  )
}

interface NewToken {
  tokenHash: Buffer
  userId: number
  name: string
  scopes: string
  days: number
}

/** How many of somebody's tokens have not ended. Until the transaction ends, nobody adds another for them. */
export async function countTokens(connection: Connection, userId: number): Promise<number> {
  await connection.rows('SELECT id FROM users WHERE id = ? FOR UPDATE', [userId])
  const sql = 'SELECT COUNT(*) AS count FROM api_tokens WHERE user_id = ? AND expires_at > UTC_TIMESTAMP(3)'
  return Number((await connection.first<{ count: number }>(sql, [userId]))?.count)
}

/** Those that have not ended, the newest first. */
export function findTokens(connection: Connection, userId: number): Promise<PersonalToken[]> {
  return connection.rows(
    `SELECT id, name, scopes, created_at AS createdAt, expires_at AS expiresAt, used_at AS usedAt
     FROM api_tokens WHERE user_id = ? AND expires_at > UTC_TIMESTAMP(3) ORDER BY id DESC LIMIT 100`,
    [userId],
  )
}

/** Ends one of somebody's tokens. @returns its name, where there was one */
export async function deleteToken(connection: Connection, userId: number, id: number): Promise<string | undefined> {
  const sql = 'SELECT name FROM api_tokens WHERE id = ? AND user_id = ? FOR UPDATE'
  const found = await connection.first<{ name: string }>(sql, [id, userId])
  if (found) await connection.change('DELETE FROM api_tokens WHERE id = ?', [id])
  return found?.name
}

/** Notes that a token is used. Of requests that come together, the first one does. */
export async function noteTokenUsed(connection: Connection, id: number): Promise<void> {
  await connection.change(
    `UPDATE api_tokens SET used_at = UTC_TIMESTAMP(3)
     WHERE id = ? AND COALESCE(used_at < UTC_TIMESTAMP(3) - INTERVAL ? SECOND, 1)`,
    [id, seenEvery],
  )
}

/** Deletes some of the tokens that have ended. @returns how many */
export async function deleteExpiredTokens(connection: Connection, most: number): Promise<number> {
  return (await connection.change('DELETE FROM api_tokens WHERE expires_at < UTC_TIMESTAMP(3) LIMIT ?', [most]))
    .affectedRows
}

/** Whose tokens they are, of those that have not ended and of people who may sign in, in the order of the hashes. */
export async function findBearers(connection: Connection, hashes: Buffer[]): Promise<(Bearer | undefined)[]> {
  const rows = await connection.rowsIn<Row>(
    `SELECT api_tokens.token_hash AS tokenHash, api_tokens.id AS tokenId, api_tokens.scopes,
       COALESCE(api_tokens.used_at < UTC_TIMESTAMP(3) - INTERVAL ${seenEvery} SECOND, 1) AS unseen,
       users.id, users.first_name AS firstName, users.last_name AS lastName, users.email, users.locale,
       roles.id AS roleId, roles.built_in AS builtIn, roles.name AS roleName, roles.permissions
     FROM api_tokens JOIN users ON users.id = api_tokens.user_id JOIN roles ON roles.id = users.role_id
     WHERE api_tokens.token_hash IN (?) AND api_tokens.expires_at > UTC_TIMESTAMP(3) AND users.disabled_at IS NULL`,
    [hashes],
  )
  const found = new Map(rows.map((row) => [row.tokenHash.toString('hex'), bearerOf(row)]))
  return hashes.map((hash) => found.get(hash.toString('hex')))
}

interface Row {
  tokenHash: Buffer
  tokenId: number
  scopes: string
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

/** A token never allows more than its owner's role does by now. */
function bearerOf({ tokenId, scopes, unseen, roleId, builtIn, roleName, permissions, ...row }: Row): Bearer {
  const { id, firstName, lastName, email, locale } = row
  const allowed = permissionsOf({ builtIn: null, permissions: scopes })
  const held = permissionsOf({ builtIn, permissions }).filter((permission) => allowed.includes(permission))
  const role = { id: roleId, builtIn, name: roleName }
  return { tokenId, unseen: unseen === 1, user: { id, firstName, lastName, email, locale, role, permissions: held } }
}
