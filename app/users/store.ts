import type { Knex } from 'knex'
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
export async function insertUser(knex: Knex, user: NewUser): Promise<number> {
  try {
    const [id] = await knex('users').insert({
      first_name: user.firstName,
      last_name: user.lastName,
      email: user.email,
      email_key: emailKey(user.email),
      password_hash: user.passwordHash,
      created_at: knex.raw('UTC_TIMESTAMP(3)'),
    })
    return id as number
  } catch (error) {
    throw isDuplicate(error, 'users_email_key_unique') ? new Taken('email') : error
  }
}

export async function findAccount(knex: Knex, email: string): Promise<Account | undefined> {
  const row = await knex('users')
    .where({ email_key: emailKey(email) })
    .first('id', 'password_hash')
  return row && { id: row.id, passwordHash: row.password_hash }
}

export async function insertSession(knex: Knex, idHash: Buffer, userId: number): Promise<void> {
  await knex('sessions').insert({
    id_hash: idHash,
    user_id: userId,
    created_at: knex.raw('UTC_TIMESTAMP(3)'),
    expires_at: knex.raw('UTC_TIMESTAMP(3) + INTERVAL ? SECOND', [sessionTimeout.idle]),
  })
}

/** The session and its user, in one statement because every page of a signed-in person asks. */
export async function findSession(knex: Knex, idHash: Buffer): Promise<SessionRow | undefined> {
  const row = await knex('sessions')
    .join('users', 'users.id', 'sessions.user_id')
    .where('sessions.id_hash', idHash)
    .whereRaw('sessions.expires_at > UTC_TIMESTAMP(3)')
    .first('users.id', 'users.first_name', 'users.last_name', 'users.email', 'sessions.expires_at')
  if (!row) return undefined
  const { id, first_name: firstName, last_name: lastName, email, expires_at: expiresAt } = row
  return { user: { id, firstName, lastName, email, role: 'editor' }, expiresAt }
}

/** Those of these sessions that have not ended. */
export async function findLiveSessions(knex: Knex, idHashes: Buffer[]): Promise<Buffer[]> {
  return knex('sessions').whereIn('id_hash', idHashes).whereRaw('expires_at > UTC_TIMESTAMP(3)').pluck('id_hash')
}

/** Lets a session last longer; one that has ended stays ended, because this never inserts. */
export async function extendSession(knex: Knex, idHash: Buffer): Promise<void> {
  const { idle, absolute } = sessionTimeout
  await knex('sessions')
    .where({ id_hash: idHash })
    .update({
      expires_at: knex.raw('LEAST(UTC_TIMESTAMP(3) + INTERVAL ? SECOND, created_at + INTERVAL ? SECOND)', [
        idle,
        absolute,
      ]),
    })
}

export async function deleteSession(knex: Knex, idHash: Buffer): Promise<void> {
  await knex('sessions').where({ id_hash: idHash }).delete()
}

/** Deletes some of the expired sessions. @returns how many */
export function deleteExpiredSessions(knex: Knex, most: number): Promise<number> {
  return knex('sessions').whereRaw('expires_at < UTC_TIMESTAMP(3)').limit(most).delete()
}
