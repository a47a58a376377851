import type { TextKey } from './i18n/texts.js'

/** One thing wrong with one field: which text says so, and the values that the text shows. */
export interface FieldProblem {
  message: TextKey
  values?: Record<string, string | number>
}

export type FieldProblems = Record<string, FieldProblem>

/** Thrown when input breaks the rules; carries every problem, by field. */
export class Invalid extends Error {
  constructor(readonly fields: FieldProblems) {
    super(`invalid: ${Object.keys(fields).join(', ')}`)
  }
}

/** The product that has a code. */
export interface OwnerOfCode {
  id: number
  name: string
  archived: 0 | 1
}

/** Thrown when a value that must be unique belongs to another row; `owner` is that row, where people may know it. */
export class Taken extends Error {
  constructor(
    readonly field: 'email' | 'code',
    readonly owner?: OwnerOfCode,
  ) {
    super(`taken: ${field}`)
  }
}

/** Thrown when a thing was changed since the version that a person saw. */
export class Outdated extends Error {}

/** Thrown when a person has another role than the one that was to be replaced. */
export class PersonOutdated extends Outdated {}

/** Thrown when a person who may not sign in is to choose a password. */
export class PersonDisabled extends Outdated {}

/** Thrown when a role was changed since the version that a person saw. */
export class RoleOutdated extends Outdated {}

/** Thrown when a product is archived, so that it is neither changed nor moved. */
export class Archived extends Error {}

/** Thrown when a product that is to be deleted is not archived. */
export class NotArchived extends Error {}

/** Thrown when a category that is to be deleted has products. */
export class NotEmpty extends Error {}

/** Thrown when a movement was undone before. */
export class AlreadyUndone extends Error {}

/** A movement after which the units were counted: the count has them right, and an undo would make them wrong. */
export class CountedSince extends Error {}

/** Thrown when the e-mail address or the password is wrong; which of them is not said. */
export class WrongCredentials extends Error {}

/** Thrown when somebody who is not signed in asks for what only a signed-in person may do. */
export class NotSignedIn extends Error {}

/** Thrown when a person who may not sign in gave the right password. */
export class Disabled extends Error {}

/** Thrown when a person's role does not allow what they ask for. */
export class Forbidden extends Error {}

/** Thrown when a link that works once, for some time, was used or is too old. */
export class LinkOver extends Error {}

/** Thrown when people would manage their own account, or the role that they have. */
export class OwnRights extends Error {}

/** Thrown when a role that somebody has is to be deleted. */
export class RoleInUse extends Error {}

/** Thrown when people may not make accounts for themselves. */
export class RegistrationClosed extends Error {}

/** Thrown when nobody would be left who administers everything. */
export class LastAdministrator extends Error {}

/** Thrown when what the address names does not exist. */
export class NotFound extends Error {}

/** Thrown when a write's key was used before with other contents. */
export class KeyReused extends Error {}

/** Thrown when there is more of a kind of work than can be done soon, so that another replica would not help either. */
export class TooMany extends Error {
  /** @param retryAfter when trying again makes sense, in seconds */
  constructor(
    message: string,
    readonly retryAfter: number,
  ) {
    super(message)
  }
}

/** Thrown when a password was tried, or a link asked for, too often; `retryAfter` is when it may be tried again. */
export class TooManyAttempts extends TooMany {
  /** @param since the last attempt that was counted, in seconds */
  constructor(
    retryAfter: number,
    readonly since: number,
  ) {
    super('too many attempts', retryAfter)
  }
}

/** Thrown when this replica did nothing with the request, so that another one may be asked. */
export class NotExecuted extends Error {}

/** The reason of a deadline that passed: database/deadline.ts. */
export class DeadlineExceeded extends Error {}

/** Thrown when a database could not be reached before the deadline. */
export class DatabaseUnavailable extends Error {}

/** Thrown when one statement took longer than any may. */
export class StatementTimeout extends Error {}
