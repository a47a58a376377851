import commonPasswords from 'fxa-common-password-list'
import * as z from 'zod'
import type { Locale } from '../i18n/locales.js'
import { boundedText, line, parse } from '../input/schemas.js'
import type { Actor } from './policy.js'
import type { BuiltInRole } from './role.js'

/** The signed-in person, and what they may do. */
export interface User extends Actor {
  id: number
  firstName: string
  lastName: string
  email: string
  /** That they chose for their account. */
  locale: Locale | null
  role: { id: number; builtIn: BuiltInRole | null; name: string }
}

/** What somebody signs in by. */
export interface Browser {
  /** Of the session that it had, which ends. */
  sessionId: string | undefined
  /** What it says of itself. */
  userAgent: string
}

export type Registration = z.infer<typeof registration>
export type Credentials = z.infer<typeof credentials>

/** @throws {Invalid} with a problem for each field that breaks the rules */
export function parseRegistration(values: unknown): Registration {
  return parse(registration, values)
}

/** @throws {Invalid} where a field is empty */
export function parseCredentials(values: unknown): Credentials {
  return parse(credentials, values)
}

/** The form of an address that identifies its account. */
export function emailKey(email: string): string {
  return email.toLowerCase()
}

const address = z.email()

const longestPassword = 256

/** In canonical form, so that an accent typed on another keyboard is the same password. */
const password = boundedText(longestPassword).transform((text) => text.normalize('NFC'))

const leastDistinct = 4

/** A password as it is given to be checked. */
export const givenPassword = password.refine((text) => text !== '', { error: 'problem.missing' })

/** A password that is to be an account's. */
export const newPassword = password
  .refine((text) => [...text].length >= 10, { error: 'problem.passwordShort', abort: true })
  .refine((text) => [...text].length <= longestPassword, { error: 'problem.passwordLong', abort: true })
  .refine((text) => !commonPasswords.test(text.toLowerCase()), { error: 'problem.passwordCommon', abort: true })
  .refine((text) => new Set(text).size >= leastDistinct, { error: 'problem.passwordRepeated' })

/** What is said where a password is little more than its owner's names, see {@link isMoreThanOwn}. */
export function ownWords(field: string) {
  return { error: 'problem.passwordOwn', path: [field] }
}

/** What people are called. */
export const personName = { firstName: line(100), lastName: line(100) }

export const emailAddress = line(254).refine((email) => address.safeParse(email).success, {
  error: 'problem.email',
  abort: true,
})

/** What somebody registers with. */
export const registration = z
  .object({ ...personName, email: emailAddress, password: newPassword })
  .refine((it) => isMoreThanOwn(it.password, it), ownWords('password'))

/** Whether enough of a password is left without the words that anyone would try first. */
export function isMoreThanOwn(password: string, owner: Pick<User, 'firstName' | 'lastName' | 'email'>): boolean {
  return [...restOf(password, owner)].length >= leastRest
}

const leastRest = 6

function restOf(
  password: string,
  { firstName, lastName, email }: Pick<User, 'firstName' | 'lastName' | 'email'>,
): string {
  const words = folded(`${firstName} ${lastName} ${email} bodega`).split(/[^\p{L}\p{N}]+/u)
  const known = words.filter((word) => word.length >= shortestWord).sort((one, other) => other.length - one.length)
  return known.reduce((text, word) => text.replaceAll(word, ''), folded(password))
}

const shortestWord = 3

function folded(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
}

/** What somebody signs in with. */
export const credentials = z.object({
  email: line(254),
  password: givenPassword,
})
