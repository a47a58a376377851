import { type Statement, typed, type Value } from '../database/connection.js'
import type { Write } from './write.js'

/** Who did what with whom or what; names as they are now, because they are kept. */
export interface AuditEntry<Action extends string, Kind extends string> {
  action: Action
  /** None: a stranger. */
  actor: { id: number; email: string } | undefined
  subject: { kind: Kind; id: number | undefined; name: string }
  /** From what to what, by field; nothing that is secret. */
  changes?: Record<string, { from: unknown; to: unknown }> | undefined
}

/** Of which request a write is. */
export type Origin = Pick<Write, 'address' | 'requestId'>

/** The statement that adds to the audit of a database, for the transaction of the write that it tells of. */
export function insertAudit(origin: Origin, replica: string, entry: AuditEntry<string, string>): Statement {
  return insertAudits([{ origin, entry }], replica, '?')
}

/**
 * The same for rows that the INSERT before it numbered: each subject is one of them, in their order.
 * @param entries whose subjects have no number
 */
export function insertAuditOfNumbers(
  entries: { origin: Origin; entry: AuditEntry<string, string> }[],
  replica: string,
): Statement {
  const numbered = entries.map(({ origin, entry }, index) => {
    return { origin, entry: { ...entry, subject: { ...entry.subject, id: index } } }
  })
  return insertAudits(numbered, replica, 'LAST_INSERT_ID() + ?')
}

function insertAudits(
  entries: { origin: Origin; entry: AuditEntry<string, string> }[],
  replica: string,
  subjectId: string,
): Statement {
  const row = `(UTC_TIMESTAMP(3), ?, ?, _utf8mb4 ?, ?, ${subjectId}, _utf8mb4 ?, _utf8mb4 ?, ?, ?, ?)`
  return {
    sql: `INSERT INTO audit (at, action, actor_id, actor, subject_kind, subject_id, subject, changes, address, replica, request_id)
      VALUES ${entries.map(() => row).join(', ')}`,
    values: entries.flatMap(({ origin: { address, requestId }, entry }): Value[] => {
      const { action, actor, subject, changes } = entry
      return [
        ...[action, actor?.id ?? null, typed(actor?.email ?? ''), subject.kind, subject.id ?? null],
        ...[typed(subject.name), typed(JSON.stringify(changes ?? {})), address, replica, requestId],
      ]
    }),
  }
}
