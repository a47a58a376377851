import { type Connection, type Statement, typed } from '../database/connection.js'
import { emailKey } from './account.js'
import { proofLifetime } from './proof-tokens.js'

/** An address that is to be proved. */
export interface Claimed {
  email: string
  firstName: string
  lastName: string
  invitationHash: Buffer | undefined
  /** Whose address it is to be; none: of a new account. */
  userId: number | undefined
  /** Of the password by which they asked for it. */
  passwordMark: Buffer | undefined
}

/** A proof by its link. */
export interface Proof extends Omit<Claimed, 'invitationHash' | 'userId' | 'passwordMark'> {
  open: 0 | 1
  invitationHash: Buffer | null
  userId: number | null
  passwordMark: Buffer | null
}

/** Nobody's mailbox is flooded: so many mails an hour, whether or not the address has an account. */
const mostMails = 3

/** Whether an address has had as many mails as it may have now. */
export async function hadManyMails(connection: Connection, email: string): Promise<boolean> {
  const row = await connection.first(
    `SELECT 1 FROM address_proofs WHERE email_key = ? AND created_at > UTC_TIMESTAMP(3) - INTERVAL 1 HOUR
     ORDER BY created_at DESC LIMIT 1 OFFSET ?`,
    [emailKey(email), mostMails - 1],
  )
  return row !== undefined
}

/** The statement that makes a link good; or, where the address has an account, one that is counted and good for nothing. */
export function insertProof(hash: Buffer, claimed: Claimed, isGood: boolean): Statement {
  const { email, firstName, lastName, invitationHash, userId, passwordMark } = claimed
  return {
    sql: `INSERT INTO address_proofs (token_hash, email, email_key, first_name, last_name,
        invitation_hash, user_id, password_mark, created_at, expires_at, used_at)
      VALUES (?, _utf8mb4 ?, _utf8mb4 ?, _utf8mb4 ?, _utf8mb4 ?, ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ? SECOND,
        ${isGood ? 'NULL' : 'UTC_TIMESTAMP(3)'})`,
    values: [
      ...[hash, typed(email), typed(emailKey(email)), typed(firstName), typed(lastName)],
      ...[invitationHash ?? null, userId ?? null, passwordMark ?? null, proofLifetime],
    ],
  }
}

const isOpen = '(used_at IS NULL AND expires_at > UTC_TIMESTAMP(3))'

export function findProof(connection: Connection, hash: Buffer): Promise<Proof | undefined> {
  return connection.first(
    `SELECT email, first_name AS firstName, last_name AS lastName, ${isOpen} AS open,
       invitation_hash AS invitationHash, user_id AS userId, password_mark AS passwordMark
     FROM address_proofs WHERE token_hash = ?`,
    [hash],
  )
}

/** Uses a link. Of two at the same time, the second one waits for the first. @returns whether it was still good */
export async function useProof(connection: Connection, hash: Buffer): Promise<boolean> {
  const sql = `UPDATE address_proofs SET used_at = UTC_TIMESTAMP(3) WHERE token_hash = ? AND ${isOpen}`
  return (await connection.change(sql, [hash])).affectedRows > 0
}

/** Forgets some that have been over for a day, in which a second arrival may still ask for them. @returns how many */
export async function deleteOldProofs(connection: Connection, most: number): Promise<number> {
  const sql = 'DELETE FROM address_proofs WHERE expires_at < UTC_TIMESTAMP(3) - INTERVAL 1 DAY LIMIT ?'
  return (await connection.change(sql, [most])).affectedRows
}
