import type { Context } from 'koa'
import * as errors from '../errors.js'
import type { TextKey } from '../i18n/texts.js'

/** Thrown when another site's page sent the request. */
export class CrossSite extends Error {}

/** Thrown when a request names a host that is not served: a page of another name may not be read as this site's. */
export class UnknownHost extends Error {}

/** Thrown when the body was cut off or is wrongly compressed. */
export class GarbledBody extends Error {}

/** Thrown when the body is of a kind that no form sends. */
export class UnsupportedBody extends Error {}

/** Thrown when a program changes something and does not say which version of it. */
export class PreconditionRequired extends Error {}

/** Thrown when what a program changes has another version than the one that it names. */
export class PreconditionFailed extends Error {}

/** How an error is answered: as a page with these words, and to programs with this code. */
export interface ErrorAnswer {
  status: number
  code: string
  words: Words
  level?: 'warn' | 'error'
}

type Words = TextKey extends infer Key
  ? Key extends `${infer Prefix}.title`
    ? Prefix & `error.${string}`
    : never
  : never
type ErrorClass = abstract new (...args: never[]) => Error

/**
 * What becomes of each error. nginx asks another replica on 503 and on nothing else: where another one would do no
 * better, the status is another.
 */
const answers: [ErrorClass, ErrorAnswer][] = [
  [errors.Invalid, { status: 422, code: 'invalid', words: 'error.refused' }],
  [errors.Taken, { status: 409, code: 'taken', words: 'error.refused' }],
  [errors.Outdated, { status: 409, code: 'outdated', words: 'error.refused' }],
  [errors.Archived, { status: 409, code: 'archived', words: 'error.refused' }],
  [errors.NotArchived, { status: 409, code: 'notArchived', words: 'error.refused' }],
  [errors.NotEmpty, { status: 409, code: 'notEmpty', words: 'error.refused' }],
  [errors.AlreadyUndone, { status: 409, code: 'alreadyUndone', words: 'error.refused' }],
  [errors.CountedSince, { status: 409, code: 'countedSince', words: 'error.refused' }],
  [errors.KeyReused, { status: 422, code: 'keyReused', words: 'error.keyReused' }],
  [errors.WrongCredentials, { status: 401, code: 'wrongCredentials', words: 'error.refused' }],
  [errors.NotSignedIn, { status: 401, code: 'notSignedIn', words: 'error.refused' }],
  [errors.LinkOver, { status: 410, code: 'linkOver', words: 'error.refused' }],
  [errors.Disabled, { status: 403, code: 'disabled', words: 'error.refused' }],
  [errors.Forbidden, { status: 403, code: 'forbidden', words: 'error.forbidden' }],
  [errors.OwnRights, { status: 403, code: 'ownRights', words: 'error.forbidden' }],
  [errors.RoleInUse, { status: 409, code: 'roleInUse', words: 'error.refused' }],
  [errors.RegistrationClosed, { status: 403, code: 'registrationClosed', words: 'error.refused' }],
  [errors.LastAdministrator, { status: 409, code: 'lastAdministrator', words: 'error.refused' }],
  [CrossSite, { status: 403, code: 'crossSite', words: 'error.crossSite' }],
  [errors.NotFound, { status: 404, code: 'notFound', words: 'error.404' }],
  [GarbledBody, { status: 400, code: 'garbledBody', words: 'error.refused' }],
  [UnsupportedBody, { status: 415, code: 'unsupportedBody', words: 'error.415' }],
  [PreconditionFailed, { status: 412, code: 'preconditionFailed', words: 'error.412' }],
  [PreconditionRequired, { status: 428, code: 'preconditionRequired', words: 'error.428' }],
  [UnknownHost, { status: 421, code: 'unknownHost', words: 'error.421' }],
  [errors.TooMany, { status: 429, code: 'tooMany', words: 'error.429' }],
  [errors.NotExecuted, { status: 503, code: 'notExecuted', words: 'error.503', level: 'warn' }],
  [errors.DatabaseUnavailable, { status: 503, code: 'databaseUnavailable', words: 'error.503', level: 'warn' }],
  [errors.DeadlineExceeded, { status: 504, code: 'deadlineExceeded', words: 'error.504', level: 'warn' }],
  [errors.StatementTimeout, { status: 504, code: 'statementTimeout', words: 'error.504', level: 'warn' }],
]

/** How an error is answered; one that nobody foresaw is the product's own fault. */
export function answerTo(error: unknown): ErrorAnswer {
  const known = answers.find(([kind]) => error instanceof kind)
  if (known) return known[1]
  const { status } = error as { status?: unknown }
  // The body parser's errors: a body too large, or in an unknown character set.
  if (typeof status === 'number' && status >= 400 && status < 500) return answerWith(status)
  return { status: 500, code: 'internal', words: 'error.500', level: 'error' }
}

/** Sets an answer's status, and when trying again makes sense, where the error knows. */
export function setStatus(ctx: Context, error: unknown, { status }: ErrorAnswer): void {
  ctx.status = status
  if (error instanceof errors.TooMany) ctx.set('Retry-After', String(error.retryAfter))
}

/** How a bare status is answered: what the router says of addresses and methods, and the body parser of bodies. */
export function answerWith(status: number): ErrorAnswer {
  const words = wordsOf[status] ?? (status < 500 ? 'error.refused' : 'error.500')
  return { status, code: `http${status}`, words }
}

const wordsOf: Record<number, Words> = {
  400: 'error.400',
  404: 'error.404',
  405: 'error.405',
  413: 'error.413',
  415: 'error.415',
  501: 'error.501',
}
