import type { Connection } from '../database/connection.js'
import { isDuplicate } from '../database/transient.js'
import { Invalid } from '../errors.js'
import type { NamedRole } from './role.js'

/** A role as its row has it. */
export interface StoredRole extends NamedRole {
  version: number
}

/** A role, and how many people have it. */
export interface RoleInList extends StoredRole {
  people: number
}

const columns = 'roles.id, roles.built_in AS builtIn, roles.name, roles.permissions, roles.version'

/** All roles: those from the start, then the others by name. */
export function findRoles(connection: Connection): Promise<RoleInList[]> {
  return connection.rows(
    `SELECT ${columns}, (SELECT COUNT(*) FROM users WHERE role_id = roles.id) AS people
     FROM roles ORDER BY built_in IS NULL, IF(built_in IS NULL, 0, id), name LIMIT ${mostRoles}`,
  )
}

/** More than anybody chooses from. */
const mostRoles = 500

export function findRole(connection: Connection, id: number): Promise<StoredRole | undefined> {
  return connection.first(`SELECT ${columns} FROM roles WHERE id = ?`, [id])
}

/** Finds a role that is to be given: until the transaction ends, it stays as it is. */
export function holdRole(connection: Connection, id: number): Promise<StoredRole | undefined> {
  return connection.first(`SELECT ${columns} FROM roles WHERE id = ? LOCK IN SHARE MODE`, [id])
}

/** Finds a role that is to be changed; nobody gives it until the transaction ends. */
export function lockRole(connection: Connection, id: number): Promise<StoredRole | undefined> {
  return connection.first(`SELECT ${columns} FROM roles WHERE id = ? FOR UPDATE`, [id])
}

/** @returns its number @throws {Invalid} where another role has the name */
export async function insertRole(connection: Connection, name: string, permissions: string): Promise<number> {
  const sql = 'INSERT INTO roles (name, permissions) VALUES (?, ?)'
  return (await orNameTaken(connection.change(sql, [name, permissions]))).insertId
}

/** @throws {Invalid} where another role has the name */
export async function updateRole(connection: Connection, { id, name, permissions }: NamedRole): Promise<void> {
  const sql = 'UPDATE roles SET name = ?, permissions = ?, version = version + 1 WHERE id = ?'
  await orNameTaken(connection.change(sql, [name, permissions, id]))
}

/** Whether somebody has a role. Who is about to get it waits for the lock of {@link lockRole}. */
export async function isRoleInUse(connection: Connection, id: number): Promise<boolean> {
  return (await connection.first('SELECT 1 FROM users WHERE role_id = ? LIMIT 1', [id])) !== undefined
}

export async function deleteRole(connection: Connection, id: number): Promise<void> {
  await connection.change('DELETE FROM roles WHERE id = ?', [id])
}

async function orNameTaken<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!isDuplicate(error, 'roles_name_unique')) throw error
    throw new Invalid({ name: { message: 'roles.problem.nameTaken' } })
  }
}
