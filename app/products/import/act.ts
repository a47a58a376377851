import * as z from 'zod'
import { Invalid } from '../../errors.js'
import { boundedText, parse, parseId } from '../../input/schemas.js'
import { type CatalogueQuery, categoryName, pageSizes, parseCatalogueQuery } from '../product.js'

/** What can be done with many products at once. */
export const actKinds = ['category', 'archive', 'restore'] as const

/** What is done with many products at once, and with which: those selected, all of a list, or all of a category. */
export type Act = (Done & Of) | Rename

type Done = { kind: 'category'; category: string } | { kind: 'archive' | 'restore' }

/** Those that are archived are renamed, too. `merge`: the other category was there before, and was agreed to. */
export type Rename = { kind: 'rename'; from: string; category: string; merge: boolean }

type Of = { ids: number[] } | { query: CatalogueQuery }

/** As many can be selected as a page shows. */
const mostIds = Math.max(...pageSizes)

/** No list's address says more. */
const longestList = 2_000

/** @throws {Invalid} with a problem for each field that breaks the rules */
export function parseAct(values: { id?: unknown }): Act {
  const { act: kind, to, all, list } = parse(asked, values)
  if (kind === 'category' && to === undefined) throw new Invalid({ to: { message: 'problem.missing' } })
  const done = { kind, ...(kind === 'category' && { category: to }) } as Done
  if (all && list === undefined) throw new Invalid({ list: { message: 'problem.missing' } })
  if (all) return { ...done, query: parseCatalogueQuery(Object.fromEntries(new URLSearchParams(list))) }
  return { ...done, ids: selected(values.id) }
}

const asked = z.object({
  act: z.enum(actKinds, { error: 'problem.missing' }),
  // Empty where the act needs none.
  to: z.preprocess((typed) => (typed === '' ? undefined : typed), categoryName.optional()),
  all: z.literal('1').optional().catch(undefined),
  list: boundedText(longestList).optional(),
})

/** The numbers in a field that came once or often; where very often, as an object. */
export function idsOf(field: unknown): number[] {
  const texts = typeof field === 'object' && field !== null ? Object.values(field) : [field]
  return [...new Set(texts.map(parseId))].filter((id) => id !== undefined)
}

function selected(field: unknown): number[] {
  const ids = idsOf(field)
  if (ids.length > mostIds) throw new Invalid({ id: { message: 'bulk.tooMany', values: { most: mostIds } } })
  if (ids.length === 0) throw new Invalid({ id: { message: 'bulk.nothing' } })
  return ids
}
