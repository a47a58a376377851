import { dictionary } from '@zxcvbn-ts/language-common'
import validator from 'validator'
import * as z from 'zod'
import { field, line, parseInput } from '../input.js'

/** The person who is signed in. */
export interface User {
  id: number
  firstName: string
  lastName: string
  email: string
}

export type Registration = z.infer<typeof registration>
export type Credentials = z.infer<typeof credentials>

/** @throws {Invalid} with a problem for each field that breaks the rules */
export function parseRegistration(input: unknown): Registration {
  return parseInput(registration, input)
}

/** @throws {Invalid} where a field is empty */
export function parseCredentials(input: unknown): Credentials {
  return parseInput(credentials, input)
}

/** The form of an address by which accounts are told apart. */
export function emailKey(email: string): string {
  return email.toLowerCase()
}

const tooCommon = new Set(dictionary['passwords-common'])

/** Canonical form, so that an accent typed on another keyboard is the same password. */
const password = field().transform((text) => text.normalize('NFC'))

const registration = z.object({
  firstName: line(100),
  lastName: line(100),
  email: line(254).refine((email) => validator.isEmail(email), { error: 'problem.email', abort: true }),
  password: password
    .refine((text) => [...text].length >= 10, { error: 'problem.passwordShort', abort: true })
    .refine((text) => [...text].length <= 256, { error: 'problem.passwordLong', abort: true })
    .refine((text) => !tooCommon.has(text.toLowerCase()), { error: 'problem.passwordCommon' }),
})

const credentials = z.object({
  email: line(254),
  password: password.refine((text) => text !== '', { error: 'problem.missing' }),
})
