import * as z from 'zod'
import { Invalid } from '../../errors.js'
import { askedNumber, line, parse, whole } from '../../input/schemas.js'
import { mostUnits } from '../product.js'

/** Units that came in, that went out, or as they were counted. */
export const kinds = ['in', 'out', 'count'] as const

export type Kind = (typeof kinds)[number]

/** A movement as a person describes it; of a count, `units` are all there are. */
export type MovementDraft = z.infer<typeof movementDraft>

/** A movement as the journal has it. */
export interface Movement {
  id: number
  productId: number
  /** Of the product's movements, from 1. */
  number: number
  kind: Kind
  /** That came; less than 0 where they went. */
  units: number
  /** The product's units after it. */
  balance: number
  reason: string
  note: string
  /** The movement that it undoes. */
  undoes: number | null
  /** Unknown where units were changed past the journal. */
  movedBy: number | null
  movedAt: Date
  replica: string
}

/** What a movement made of its product's units. */
export type Balance = Pick<Movement, 'number' | 'kind' | 'units' | 'balance' | 'undoes' | 'movedAt'>

/** Which movements the journal is asked for; `before` is the number of one that those asked for are older than. */
export type JournalQuery = z.infer<typeof journalQuery>

/** @throws {Invalid} with a problem for each field that breaks the rules */
export function parseMovementDraft(values: unknown): MovementDraft {
  return parse(movementDraft, values)
}

/** Never fails: what cannot be understood counts as not asked. */
export function parseJournalQuery(values: unknown): JournalQuery {
  return journalQuery.parse(values)
}

/** What a movement leaves of so many units. @throws {Invalid} where that is fewer than none or more than a product can have */
export function balanceAfter({ kind, units }: MovementDraft, before: number): number {
  return possible({ in: before + units, out: before - units, count: units }[kind], before)
}

/** What undoes a movement of so many units: the same number the other way. @throws {Invalid} as {@link balanceAfter} */
export function undoing({ kind, units }: Movement, before: number): Pick<Movement, 'kind' | 'balance'> {
  return { kind: opposite[kind], balance: possible(before - units, before) }
}

const opposite = { in: 'out', out: 'in', count: 'count' } as const

function possible(balance: number, before: number): number {
  if (balance < 0) throw new Invalid({ units: { message: 'problem.stockShort', values: { most: before } } })
  if (balance > mostUnits)
    throw new Invalid({ units: { message: 'problem.stockFull', values: { most: mostUnits - before } } })
  return balance
}

export const movementDraft = z
  .object({
    kind: z.enum(kinds, { error: 'problem.kind' }),
    units: whole(0, mostUnits),
    reason: line(60).default(''),
    note: line(500).default(''),
  })
  .refine(({ kind, units }) => kind === 'count' || units > 0, { error: 'problem.noUnits', path: ['units'] })

/** A day in UTC, as a browser sends it; after the last one there is none. */
const day = z.iso
  .date()
  .refine((date) => date < '9999')
  .optional()
  .catch(undefined)

const journalQuery = z.object({
  product: askedNumber,
  person: askedNumber,
  kind: z.enum(kinds).optional().catch(undefined),
  from: day,
  to: day,
  before: askedNumber,
})
