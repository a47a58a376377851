import { createHash, createHmac } from 'node:crypto'
import type { Knex } from 'knex'
import { patiently } from '../databases.js'
import type { Write } from '../once.js'
import * as store from './store.js'

/**
 * The id of the session that a write starts, 256 bits. It follows from the write, so that the second arrival of a
 * sign-in gives the same cookie as the first without the id being stored; without the secret nobody can compute it.
 */
export function sessionIdOf(write: Write, secret: string): string {
  return createHmac('sha256', secret).update('session').update(write.key).update(write.fingerprint).digest('base64url')
}

/** Starts a session inside the transaction of the registration or sign-in that it belongs to. */
export async function startSession(transaction: Knex.Transaction, id: string, userId: number): Promise<void> {
  await store.insertSession(transaction, hashOf(id), userId)
}

/** Ends a session; one that has ended already is no error. */
export async function endSession(database: Knex, id: string): Promise<void> {
  await store.deleteSession(database, hashOf(id))
}

/** The session's user and the moment it expires, or undefined where it has ended. */
export function findSession(database: Knex, id: string): Promise<store.SessionRow | undefined> {
  return patiently(() => store.findSession(database, hashOf(id)))
}

/** Which of these sessions have not ended, asked at once. */
export async function livingSessions(database: Knex, ids: string[]): Promise<Set<string>> {
  const found = await store.findLivingSessions(database, ids.map(hashOf))
  const living = new Set(found.map((idHash) => idHash.toString('hex')))
  return new Set(ids.filter((id) => living.has(hashOf(id).toString('hex'))))
}

/** Lets a session in use live on, up to a week after its sign-in. */
export async function extendSession(database: Knex, id: string): Promise<void> {
  await store.extendSession(database, hashOf(id))
}

/** Only the hash is stored, so that a copy of the database signs nobody in. */
function hashOf(id: string): Buffer {
  return createHash('sha256').update(id).digest()
}
