import { dictionary } from '@zxcvbn-ts/language-common'
import * as z from 'zod'
import { boundedText, line, parse } from '../input/schemas.js'
import type { Actor } from './policy.js'

/** The signed-in person, and what they may do. */
export interface User extends Actor {
  id: number
  firstName: string
  lastName: string
  email: string
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

const tooCommon = new Set(dictionary['passwords-common'])

const longestPassword = 256

/** In canonical form, so that an accent typed on another keyboard is the same password. */
const password = boundedText(longestPassword).transform((text) => text.normalize('NFC'))

const registration = z.object({
  firstName: line(100),
  lastName: line(100),
  email: line(254).refine((email) => address.safeParse(email).success, { error: 'problem.email', abort: true }),
  password: password
    .refine((text) => [...text].length >= 10, { error: 'problem.passwordShort', abort: true })
    .refine((text) => [...text].length <= longestPassword, { error: 'problem.passwordLong', abort: true })
    .refine((text) => !tooCommon.has(text.toLowerCase()), { error: 'problem.passwordCommon' }),
})

const credentials = z.object({
  email: line(254),
  password: password.refine((text) => text !== '', { error: 'problem.missing' }),
})
