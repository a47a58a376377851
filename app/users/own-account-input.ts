import * as z from 'zod'
import { locales } from '../i18n/locales.js'
import { parse } from '../input/schemas.js'
import { emailAddress, givenPassword, isMoreThanOwn, newPassword, ownWords, personName, type User } from './account.js'

export type Profile = z.infer<typeof profile>
export type EmailChange = z.infer<typeof emailChange>
export type PasswordChange = z.infer<typeof passwordChange>

/** @throws {Invalid} */
export function parseProfile(values: unknown): Profile {
  return parse(profile, values)
}

/** @throws {Invalid} */
export function parseEmailChange(values: unknown): EmailChange {
  return parse(emailChange, values)
}

/** @param owner whose names are no password @throws {Invalid} */
export function parsePasswordChange(values: unknown, owner: User): PasswordChange {
  return parse(
    passwordChange.refine(({ newPassword }) => isMoreThanOwn(newPassword, owner), ownWords('newPassword')),
    values,
  )
}

/** The password that a person gives again. @throws {Invalid} */
export function parseConfirmation(values: unknown): string {
  return parse(confirmation, values).currentPassword
}

/** The session that a form names, or undefined where it names none. */
export function parseSessionHash(value: unknown): Buffer | undefined {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value) ? Buffer.from(value, 'hex') : undefined
}

const confirmation = z.object({ currentPassword: givenPassword })

const profile = z.object({
  ...personName,
  /** None: as each browser prefers. */
  locale: z.enum(locales).nullable().catch(null),
})

const emailChange = confirmation.extend({ email: emailAddress })

const passwordChange = confirmation.extend({ newPassword })
