import * as z from 'zod'
import { askedNumber, line } from '../input/schemas.js'
import { actions as productActions } from '../products/audit.js'
import { actions as userActions } from '../users/audit.js'

/** All that the audits of both databases say that was done, by database. */
export const actions = { users: userActions, products: productActions } as const

const allActions = [...userActions, ...productActions] as const

export type KnownAction = (typeof allActions)[number]

/** What something was done with. */
export const kinds = ['user', 'role', 'product', 'category', 'import'] as const

/** An action by its name in code, or one that only a newer version has. */
export function knownAction(action: string): KnownAction | 'other' {
  return isOneOf(allActions, action) ? action : 'other'
}

/** What was done, by whom and with what; names as they were then. */
export interface Entry {
  database: 'users' | 'products'
  id: number
  at: Date
  action: string
  /** None: a stranger, or an operator at the machine. */
  actorId: number | null
  actor: string
  kind: string
  subjectId: number | null
  subject: string
  /** From what to what, by field. */
  changes: Record<string, { from: unknown; to: unknown }>
  address: string
  replica: string
  requestId: string
}

/**
 * Which entries are asked for: done by `who` had this e-mail address or `person` this number, with the `id` of a kind.
 * `u` and `p` are the last entry of either database that has been seen, so that the next is older.
 */
export type AuditQuery = z.infer<typeof auditQuery>

/** Never fails: what cannot be understood counts as not asked. */
export function parseAuditQuery(values: unknown): AuditQuery {
  return auditQuery.parse(values)
}

function isOneOf<T extends string>(all: readonly T[], text: string): text is T {
  return (all as readonly string[]).includes(text)
}

/** A day in UTC, as a browser sends it; after the last one there is none. */
const day = z.iso
  .date()
  .refine((date) => date < '9999')
  .optional()
  .catch(undefined)

const auditQuery = z
  .object({
    who: line(254).optional().catch(undefined),
    person: askedNumber,
    action: z.enum(allActions).optional().catch(undefined),
    kind: z.enum(kinds).optional().catch(undefined),
    id: askedNumber,
    from: day,
    to: day,
    request: z
      .string()
      .max(100)
      .trim()
      .regex(/^[\w-]{1,64}$/)
      .optional()
      .catch(undefined),
    u: askedNumber,
    p: askedNumber,
  })
  .transform((asked) => (asked.kind ? asked : { ...asked, id: undefined }))
