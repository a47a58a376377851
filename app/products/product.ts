import * as z from 'zod'
import { field, line, parseInput, text } from '../input.js'

export interface Product extends ProductDraft {
  id: number
  createdAt: Date
}

/** A product as a person describes it, before it has a number. */
export type ProductDraft = z.infer<typeof productDraft>

/** What a person asks of the catalogue: words to find (none: everything), and which page, from 1. */
export type CatalogueQuery = z.infer<typeof catalogueQuery>

/** @throws {Invalid} with a problem for each field that breaks the rules */
export function parseProductDraft(input: unknown): ProductDraft {
  return parseInput(productDraft, input)
}

/** Never fails: what cannot be understood counts as not asked. */
export function parseCatalogueQuery(input: unknown): CatalogueQuery {
  return catalogueQuery.parse(input)
}

/** The number in a product's address, or undefined where it is none. */
export function parseProductId(text: string | undefined): number | undefined {
  return text && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined
}

const mostUnits = 2_147_483_647

const productDraft = z.object({
  name: line(100),
  code: line(64).refine((code) => /^[\w.-]+$/.test(code), { error: 'problem.code', abort: true }),
  description: text(2_000),
  units: field()
    .transform((value) => value.trim())
    .refine((value) => value !== '', { error: 'problem.missing', abort: true })
    .refine((value) => /^\d{1,16}$/.test(value), { error: 'problem.units', params: { most: mostUnits }, abort: true })
    .transform(Number)
    .refine((units) => units <= mostUnits, { error: 'problem.units', params: { most: mostUnits } }),
  category: line(60),
})

const catalogueQuery = z.object({
  q: z
    .string()
    .transform((words) => words.replaceAll('\0', '').trim().slice(0, 200))
    .catch(''),
  page: z.coerce.number().int().min(1).max(1_000_000).catch(1),
})
