import * as z from 'zod'
import { line, parse } from '../../input/schemas.js'
import { givenPassword, type User } from '../account.js'
import { may, type Permission, permissions } from '../policy.js'

/** After how many days a token may end. */
export const lifetimes = [30, 90, 365] as const

/** A token as its owner describes it, and the password that confirms it. */
export interface PersonalTokenDraft {
  name: string
  days: number
  scopes: Permission[]
  currentPassword: string
}

/** @param owner who gives no more than they may themselves @throws {Invalid} */
export function parsePersonalToken(values: Record<string, unknown>, owner: User): PersonalTokenDraft {
  const scopes = scopesIn(values).filter((permission) => may(owner, permission))
  const { days, ...draft } = parse(described, { ...values, scopes })
  return { ...draft, days: Number(days), scopes: [...scopes] }
}

/** The permissions whose boxes are checked: each is a field of its own. */
export function scopesIn(values: Record<string, unknown>): Permission[] {
  return permissions.filter((permission) => values[permission] === 'on')
}

const described = z.object({
  name: line(60),
  days: z.enum(lifetimes.map(String), { error: 'tokens.problem.days' }),
  scopes: z.array(z.string()).min(1, { error: 'tokens.problem.scopes' }),
  currentPassword: givenPassword,
})
