import * as z from 'zod'
import type { Locale } from '../i18n/locales.js'
import { boundedText, parse } from '../input/schemas.js'
import type { NamedRole } from './role.js'

/** Somebody's account, as those see it who manage people. */
export interface Person {
  id: number
  firstName: string
  lastName: string
  email: string
  /** That they chose for their account. */
  locale: Locale | null
  disabled: 0 | 1
  /** How many sessions have not ended. */
  sessions: number
  /** When one of these was last used, or null where there is none. */
  seenAt: Date | null
  role: NamedRole
}

/** A page of the list of people, the newest accounts first. */
export type PeopleQuery = z.infer<typeof peopleQuery>

/** What an address asks for; what is wrong in it counts as not asked. */
export function parsePeopleQuery(values: unknown): PeopleQuery {
  return parse(peopleQuery, values)
}

/** A person's new role, and the one that they had when the form was opened, where there was one. */
export interface RoleGiven {
  role: number
  from: number | undefined
}

/** @throws {Invalid} where no role is chosen */
export function parseRoleGiven(values: unknown): RoleGiven {
  return parse(roleGiven, values)
}

/** The role that an invitation is for. @throws {Invalid} where none is chosen */
export function parseInvitedRole(values: unknown): number {
  return parse(roleGiven.pick({ role: true }), values).role
}

/** The number of a row, as a form or an address has it. */
const idText = z
  .string({ error: 'people.problem.chooseRole' })
  .regex(/^[1-9]\d{0,14}$/, { error: 'people.problem.chooseRole' })
  .transform(Number)

const longestSearch = 100

const peopleQuery = z.object({
  q: boundedText(longestSearch)
    .transform((text) => [...text.trim().replace(/\s+/gu, ' ')].slice(0, longestSearch).join(''))
    .catch(''),
  /** The person after whom the page begins. */
  after: idText.optional().catch(undefined),
})

const roleGiven = z.object({ role: idText, from: idText })
