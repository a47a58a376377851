import { type Statement, typed } from '../database/connection.js'
import type { Write } from '../writes/write.js'

/** What the audit says that was done. */
export const actions = [
  'register',
  'registrationAsked',
  'emailChangeAsked',
  'signIn',
  'signInFailed',
  'signOut',
  'sessionEnded',
  'otherSessionsEnded',
  'profileChanged',
  'emailChanged',
  'passwordChanged',
  'passwordRefused',
  'accountDeleted',
  'resetRequested',
  'passwordReset',
  'madeAdministrator',
  'roleGiven',
  'disabled',
  'enabled',
  'allSessionsEnded',
  'roleAdded',
  'roleChanged',
  'roleDeleted',
  'invited',
  'invitationRevoked',
  'refreshTokenReused',
  'tokenMade',
  'tokenRevoked',
] as const

export type Action = (typeof actions)[number]

/** An action of the audit, of which a newer version may have others. */
export function knownAction(action: string): Action | 'other' {
  return (actions as readonly string[]).includes(action) ? (action as Action) : 'other'
}

/** Who did what with whom or what; names as they are now, because they are kept. */
export interface Entry {
  action: Action
  /** None: a stranger. */
  actor: { id: number; email: string } | undefined
  subject: { kind: 'user' | 'role'; id: number | undefined; name: string }
  /** From what to what, by field; nothing that is secret. */
  changes?: Record<string, { from: unknown; to: unknown }> | undefined
}

/** What somebody did with their own account. */
export function ofOwnAccount(
  action: Action,
  { id, email }: { id: number; email: string },
  changes?: Entry['changes'],
): Entry {
  return { action, actor: { id, email }, subject: { kind: 'user', id, name: email }, changes }
}

/** The statement that adds to the audit, for the transaction of the write that it tells of. */
export function record(
  { address, requestId }: Pick<Write, 'address' | 'requestId'>,
  replica: string,
  { action, actor, subject, changes }: Entry,
): Statement {
  return {
    sql: `INSERT INTO audit (at, action, actor_id, actor, subject_kind, subject_id, subject, changes, address, replica, request_id)
      VALUES (UTC_TIMESTAMP(3), ?, ?, _utf8mb4 ?, ?, ?, _utf8mb4 ?, _utf8mb4 ?, ?, ?, ?)`,
    values: [
      ...[action, actor?.id ?? null, typed(actor?.email ?? ''), subject.kind, subject.id ?? null],
      ...[typed(subject.name), typed(JSON.stringify(changes ?? {})), address, replica, requestId],
    ],
  }
}
