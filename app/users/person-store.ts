import type { Connection } from '../database/connection.js'
import type { PeopleQuery, Person } from './person.js'
import type { BuiltInRole } from './role.js'

/** People whose name or address has what is searched, the newest first; one more than are shown tells that there are more. */
export async function findPeople(connection: Connection, { q, after }: PeopleQuery, most: number): Promise<Person[]> {
  // LIKE, because LOCATE finds no other accents; but what is typed is no pattern.
  const pattern = `%${q.replace(/[!%_]/g, '!$&')}%`
  const rows = await connection.rows<Row>(
    `SELECT ${columns} WHERE users.id < ?
       AND (? = '' OR CONCAT(users.first_name, ' ', users.last_name, ' ', users.email) LIKE ? ESCAPE '!')
     ORDER BY users.id DESC LIMIT ?`,
    [after ?? Number.MAX_SAFE_INTEGER, q, pattern, most],
  )
  return rows.map(personOf)
}

export async function findPerson(connection: Connection, id: number): Promise<Person | undefined> {
  const row = await connection.first<Row>(`SELECT ${columns} WHERE users.id = ?`, [id])
  return row && personOf(row)
}

/** Finds a person and keeps others from changing their account until the transaction ends. */
export async function lockPerson(connection: Connection, id: number): Promise<Person | undefined> {
  await connection.rows('SELECT id FROM users WHERE id = ? FOR UPDATE', [id])
  return findPerson(connection, id)
}

const live = 'FROM sessions WHERE user_id = users.id AND expires_at > UTC_TIMESTAMP(3)'

const columns = `users.id, users.first_name AS firstName, users.last_name AS lastName, users.email, users.locale,
  users.disabled_at IS NOT NULL AS disabled,
  roles.id AS roleId, roles.built_in AS builtIn, roles.name AS roleName, roles.permissions,
  (SELECT COUNT(*) ${live}) AS sessions, (SELECT MAX(COALESCE(seen_at, created_at)) ${live}) AS seenAt
  FROM users JOIN roles ON roles.id = users.role_id`

interface Row extends Omit<Person, 'role'> {
  roleId: number
  builtIn: BuiltInRole | null
  roleName: string
  permissions: string
}

function personOf({ roleId, builtIn, roleName, permissions, ...person }: Row): Person {
  return { ...person, role: { id: roleId, builtIn, name: roleName, permissions } }
}
