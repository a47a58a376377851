import type { Connection } from '../database/connection.js'
import { invitationLifetime } from './invitation-tokens.js'
import type { BuiltInRole, Manager, NamedRole } from './role.js'
import { permissionsOf } from './role.js'

/** An invitation that is still good, as those see it who manage people. */
export interface OpenInvitation {
  id: number
  role: Pick<NamedRole, 'builtIn' | 'name'>
  /** Who made it. */
  maker: string
  createdAt: Date
  expiresAt: Date
}

/** An invitation by its link: what it gives, and who gives it. */
export interface Invitation {
  id: number
  open: 0 | 1
  role: NamedRole
  maker: Manager
}

export async function insertInvitation(
  connection: Connection,
  tokenHash: Buffer,
  roleId: number,
  makerId: number,
): Promise<void> {
  await connection.change(
    `INSERT INTO invitations (token_hash, role_id, created_by, created_at, expires_at)
     VALUES (?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ? SECOND)`,
    [tokenHash, roleId, makerId, invitationLifetime],
  )
}

const isOpen = 'invitations.used_at IS NULL AND invitations.expires_at > UTC_TIMESTAMP(3)'

/** The latest of those that are still good. */
export async function findOpenInvitations(connection: Connection): Promise<OpenInvitation[]> {
  const rows = await connection.rows<Omit<OpenInvitation, 'role'> & { builtIn: BuiltInRole | null; roleName: string }>(
    `SELECT invitations.id, roles.built_in AS builtIn, roles.name AS roleName,
       CONCAT(users.first_name, ' ', users.last_name) AS maker,
       invitations.created_at AS createdAt, invitations.expires_at AS expiresAt
     FROM invitations JOIN roles ON roles.id = invitations.role_id JOIN users ON users.id = invitations.created_by
     WHERE ${isOpen} ORDER BY invitations.id DESC LIMIT 200`,
  )
  return rows.map(({ builtIn, roleName, ...invitation }) => ({ ...invitation, role: { builtIn, name: roleName } }))
}

/** The invitation of a link. Of somebody who may not sign in any more it is none. */
export async function findInvitation(connection: Connection, tokenHash: Buffer): Promise<Invitation | undefined> {
  const row = await connection.first<Row>(
    `SELECT invitations.id, ${isOpen} AS open,
       given.id AS roleId, given.built_in AS builtIn, given.name AS roleName, given.permissions,
       own.built_in AS makerBuiltIn, own.permissions AS makerPermissions
     FROM invitations
       JOIN roles AS given ON given.id = invitations.role_id
       JOIN users ON users.id = invitations.created_by AND users.disabled_at IS NULL
       JOIN roles AS own ON own.id = users.role_id
     WHERE invitations.token_hash = ?`,
    [tokenHash],
  )
  return row && invitationOf(row)
}

/** Uses an invitation. Of two at the same time, the second one waits for the first. @returns whether it was still good */
export async function useInvitation(connection: Connection, id: number, userId: number): Promise<boolean> {
  const sql = `UPDATE invitations SET used_at = UTC_TIMESTAMP(3), used_by = ? WHERE id = ? AND ${isOpen}`
  return (await connection.change(sql, [userId, id])).affectedRows > 0
}

/** Finds an invitation that is still good, for its deletion. Its role is not locked with it: whoever registers needs that. */
export async function lockOpenInvitation(
  connection: Connection,
  id: number,
): Promise<{ roleId: number; roleName: string } | undefined> {
  await connection.rows('SELECT id FROM invitations WHERE id = ? FOR UPDATE', [id])
  return connection.first(
    `SELECT roles.id AS roleId, roles.name AS roleName
     FROM invitations JOIN roles ON roles.id = invitations.role_id WHERE invitations.id = ? AND ${isOpen}`,
    [id],
  )
}

export async function deleteInvitation(connection: Connection, id: number): Promise<void> {
  await connection.change('DELETE FROM invitations WHERE id = ?', [id])
}

/** Forgets some that have been over for a day. @returns how many */
export async function deleteOldInvitations(connection: Connection, most: number): Promise<number> {
  const sql = 'DELETE FROM invitations WHERE expires_at < UTC_TIMESTAMP(3) - INTERVAL 1 DAY LIMIT ?'
  return (await connection.change(sql, [most])).affectedRows
}

interface Row {
  id: number
  open: 0 | 1
  roleId: number
  builtIn: BuiltInRole | null
  roleName: string
  permissions: string
  makerBuiltIn: BuiltInRole | null
  makerPermissions: string
}

function invitationOf({
  id,
  open,
  roleId,
  builtIn,
  roleName,
  permissions,
  makerBuiltIn,
  makerPermissions,
}: Row): Invitation {
  const makersRole = { builtIn: makerBuiltIn, permissions: makerPermissions }
  return {
    ...{ id, open, role: { id: roleId, builtIn, name: roleName, permissions } },
    maker: { role: makersRole, permissions: permissionsOf(makersRole) },
  }
}
