import type { Connection, Statement } from '../../database/connection.js'
import type { Place } from '../session-store.js'
import { sessionTimeout } from '../sessions.js'

/** What a session's refresh tokens are made from, and which of them counts. */
export interface Family {
  seed: Buffer
  generation: number
  refreshedAt: Date
  /** Whether that was so short a time ago that its predecessor is sent once more. */
  recent: 0 | 1
  userId: number
  email: string
}

/** For how long a token that was used gets the answer that it got, in seconds: a retry, or another tab. */
export const sameAnswerFor = 20

/** Begins a session's refresh tokens, unless that was done before. */
export async function beginFamily(connection: Connection, idHash: Buffer, seed: Buffer): Promise<void> {
  await connection.change(
    `UPDATE sessions SET refresh_seed = ?, refresh_generation = 1, refreshed_at = UTC_TIMESTAMP(3)
     WHERE id_hash = ? AND refresh_seed IS NULL`,
    [seed, idHash],
  )
}

/** Of a session that has not ended, of somebody who may sign in. */
export function findFamily(connection: Connection, idHash: Buffer): Promise<Family | undefined> {
  return connection.first(
    `SELECT refresh_seed AS seed, refresh_generation AS generation, refreshed_at AS refreshedAt,
       refreshed_at > UTC_TIMESTAMP(3) - INTERVAL ${sameAnswerFor} SECOND AS recent, users.id AS userId, users.email
     FROM sessions JOIN users ON users.id = sessions.user_id
     WHERE id_hash = ? AND refresh_seed IS NOT NULL AND expires_at > UTC_TIMESTAMP(3) AND users.disabled_at IS NULL`,
    [idHash],
  )
}

/** Uses a refresh token up, which lets its session last longer. Of two at the same time, one does. */
export async function rotate(
  connection: Connection,
  idHash: Buffer,
  generation: number,
  { address, replica }: Place,
): Promise<void> {
  const { idle, absolute } = sessionTimeout
  await connection.change(
    `UPDATE sessions
     SET refresh_generation = refresh_generation + 1, refreshed_at = UTC_TIMESTAMP(3),
       expires_at = LEAST(UTC_TIMESTAMP(3) + INTERVAL ? SECOND, created_at + INTERVAL ? SECOND),
       seen_at = UTC_TIMESTAMP(3), address = ?, replica = ?
     WHERE id_hash = ? AND refresh_generation = ? AND expires_at > UTC_TIMESTAMP(3)`,
    [idle, absolute, address, replica, idHash, generation],
  )
}

/** The statement that ends a session. */
export function endSession(idHash: Buffer): Statement {
  return { sql: 'DELETE FROM sessions WHERE id_hash = ?', values: [idHash] }
}
