import type { Statement } from '../database/connection.js'
import { type AuditEntry, insertAudit, type Origin } from '../writes/audit.js'

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

/** What was done with an account or a role. */
export type Entry = AuditEntry<Action, 'user' | 'role'>

/** What somebody did with their own account. */
export function ofOwnAccount(
  action: Action,
  { id, email }: { id: number; email: string },
  changes?: Entry['changes'],
): Entry {
  return { action, actor: { id, email }, subject: { kind: 'user', id, name: email }, changes }
}

/** The statement that adds to the audit, for the transaction of the write that it tells of. */
export function record(origin: Origin, replica: string, entry: Entry): Statement {
  return insertAudit(origin, replica, entry)
}
