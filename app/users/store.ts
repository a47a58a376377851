import type { Knex } from 'knex'
import { isDuplicate } from '../databases.js'
import { Taken } from '../errors.js'
import { emailKey, type User } from './user.js'

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

/** How long a session lives without being used, and how long at most, in seconds. */
export const sessionLife = { idle: 8 * 3600, absolute: 7 * 24 * 3600 }

/** @throws {Taken} when the address has an account */
export async function insertUser(database: Knex, user: NewUser): Promise<number> {
  try {
    const [id] = await database('users').insert({
      first_name: user.firstName,
      last_name: user.lastName,
      email: user.email,
      email_key: emailKey(user.email),
      password_hash: user.passwordHash,
      created_at: database.raw('UTC_TIMESTAMP(3)'),
    })
    return id as number
  } catch (error) {
    throw isDuplicate(error, 'users_email_key_unique') ? new Taken('email', 0) : error
  }
}

export async function findAccount(database: Knex, email: string): Promise<Account | undefined> {
  const row = await database('users')
    .where({ email_key: emailKey(email) })
    .first('id', 'password_hash')
  return row && { id: row.id, passwordHash: row.password_hash }
}

export async function insertSession(database: Knex, idHash: Buffer, userId: number): Promise<void> {
  await database('sessions').insert({
    id_hash: idHash,
    user_id: userId,
    created_at: database.raw('UTC_TIMESTAMP(3)'),
    expires_at: database.raw('UTC_TIMESTAMP(3) + INTERVAL ? SECOND', [sessionLife.idle]),
  })
}

/** The session and its user, in one statement because every page of a signed-in person asks. */
export async function findSession(database: Knex, idHash: Buffer): Promise<SessionRow | undefined> {
  const row = await database('sessions')
    .join('users', 'users.id', 'sessions.user_id')
    .where('sessions.id_hash', idHash)
    .whereRaw('sessions.expires_at > UTC_TIMESTAMP(3)')
    .first('users.id', 'users.first_name', 'users.last_name', 'users.email', 'sessions.expires_at')
  if (!row) return undefined
  return {
    user: { id: row.id, firstName: row.first_name, lastName: row.last_name, email: row.email },
    expiresAt: row.expires_at,
  }
}

/** Those of these sessions that have not ended. */
export async function findLivingSessions(database: Knex, idHashes: Buffer[]): Promise<Buffer[]> {
  return database('sessions').whereIn('id_hash', idHashes).whereRaw('expires_at > UTC_TIMESTAMP(3)').pluck('id_hash')
}

/** Lets a session live on; one that has ended stays ended, because this never inserts. */
export async function extendSession(database: Knex, idHash: Buffer): Promise<void> {
  await database('sessions')
    .where({ id_hash: idHash })
    .update({
      expires_at: database.raw('LEAST(UTC_TIMESTAMP(3) + INTERVAL ? SECOND, created_at + INTERVAL ? SECOND)', [
        sessionLife.idle,
        sessionLife.absolute,
      ]),
    })
}

export async function deleteSession(database: Knex, idHash: Buffer): Promise<void> {
  await database('sessions').where({ id_hash: idHash }).delete()
}

/** Deletes expired sessions in batches small enough to disturb nobody. */
export async function deleteExpiredSessions(database: Knex): Promise<void> {
  const batch = 500
  for (let deleted = batch; deleted === batch; ) {
    deleted = await database('sessions').whereRaw('expires_at < UTC_TIMESTAMP(3)').limit(batch).delete()
  }
}
