/** One thing wrong with one field: a message key of locales/, and the values that the message shows. */
export interface FieldProblem {
  message: string
  values?: Record<string, string | number>
}

export type FieldProblems = Record<string, FieldProblem>

/** Thrown when input breaks the rules; carries every problem, by field. */
export class Invalid extends Error {
  constructor(readonly fields: FieldProblems) {
    super(`invalid: ${Object.keys(fields).join(', ')}`)
  }
}

/** Thrown when a value that must be unique belongs to another row; `owner` is that row's id. */
export class Taken extends Error {
  constructor(
    readonly field: string,
    readonly owner: number,
  ) {
    super(`taken: ${field}`)
  }
}

/** Thrown when the e-mail address or the password is wrong; which of them is not told. */
export class WrongCredentials extends Error {}

/** Thrown when what the address names does not exist. */
export class NotFound extends Error {}

/** Thrown when a write's key was used before with other contents; `result` is what that earlier write gave. */
export class KeyReused extends Error {
  constructor(readonly result: unknown) {
    super('the key of this write was used before with other contents')
  }
}

/** Thrown when this replica did nothing with the request, so that another one may be asked: draining, or too busy. */
export class NotExecuted extends Error {}

/** Thrown when somebody has as much of something as one person may have; `retryAfter` in seconds. */
export class TooMany extends Error {
  constructor(
    what: string,
    readonly retryAfter: number,
  ) {
    super(`too many: ${what}`)
  }
}

/** Thrown when a database could not be reached before the deadline. */
export class DatabaseUnavailable extends Error {}
