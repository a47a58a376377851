import { type Connection, type Statement, typed } from '../../database/connection.js'
import type { Locale } from '../../i18n/locales.js'

const kinds = ['passwordReset', 'registration', 'addressKnown', 'addressChange', 'addressChanged'] as const

export type Kind = (typeof kinds)[number]

/** A mail that is to be sent. */
export interface Mail {
  id: number
  kind: Kind
  recipient: string
  locale: Locale
  /** Of the link that it brings. */
  seed: string
}

/** How long nobody else tries a mail that is being sent, or was not accepted, in seconds. */
const lease = 60

/** The statement that puts a mail into the outbox, for the transaction of the write that it tells of. */
export function enqueue({ kind, recipient, locale, seed }: Omit<Mail, 'id'>, lifetime: number): Statement {
  return {
    sql: `INSERT INTO mails (kind, recipient, locale, seed, due_at, expires_at)
      VALUES (?, _utf8mb4 ?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL ? SECOND)`,
    values: [kind, typed(recipient), locale, seed, lifetime],
  }
}

/** Takes the mail that is due first, so that no other replica sends it now; undefined where none is that this version knows. */
export async function takeDue(connection: Connection): Promise<Mail | undefined> {
  const due = await connection.rows<Mail>(
    `SELECT id, kind, recipient, locale, seed FROM mails
     WHERE kind IN (${kinds.map((kind) => `'${kind}'`)}) AND due_at <= UTC_TIMESTAMP(3) AND expires_at > UTC_TIMESTAMP(3) ORDER BY due_at LIMIT 10`,
  )
  for (const mail of due) if (await isTaken(connection, mail)) return mail
  return undefined
}

async function isTaken(connection: Connection, { id }: Mail): Promise<boolean> {
  const sql = `UPDATE mails SET due_at = UTC_TIMESTAMP(3) + INTERVAL ? SECOND WHERE id = ? AND due_at <= UTC_TIMESTAMP(3)`
  return (await connection.change(sql, [lease, id])).affectedRows > 0
}

/** Once it was accepted. */
export async function removeSent(connection: Connection, { id }: Mail): Promise<void> {
  await connection.change('DELETE FROM mails WHERE id = ?', [id])
}

/** Forgets some that nobody accepted in time. @returns how many */
export async function deleteExpiredMails(connection: Connection, most: number): Promise<number> {
  const sql = 'DELETE FROM mails WHERE expires_at < UTC_TIMESTAMP(3) LIMIT ?'
  return (await connection.change(sql, [most])).affectedRows
}
