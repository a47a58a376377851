import * as z from 'zod'
import { line, parse, text, whole } from '../input/schemas.js'
import { fold } from './search/text.js'

export interface Product extends ProductDraft, ProductVersion {
  createdAt: Date
}

export interface ProductVersion {
  id: number
  /** A number that each change raises. */
  version: number
}

/** A product as a person describes it, before it has a number. */
export type ProductDraft = z.infer<typeof productDraft>

/**
 * What a person asks of the catalogue: words to find (none: everything), and which page, from 1. `before` and `after`
 * are the number of the product that the page is next to, on its older or its newer side; then `page` only names it.
 */
export type CatalogueQuery = z.infer<typeof catalogueQuery>

/** @throws {Invalid} with a problem for each field that breaks the rules */
export function parseProductDraft(values: unknown): ProductDraft {
  return parse(productDraft, values)
}

/** Never fails: what cannot be understood counts as not asked. */
export function parseCatalogueQuery(values: unknown): CatalogueQuery {
  return catalogueQuery.parse(values)
}

/** The number in a product's address, or undefined where it is none. */
export function parseProductId(text: unknown): number | undefined {
  return typeof text === 'string' && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined
}

/** A product's version, or undefined where it is none. */
export function parseVersion(text: unknown): number | undefined {
  return typeof text === 'string' && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined
}

const mostUnits = 2_000_000_000

const productDraft = z.object({
  name: line(100),
  code: line(64).refine((code) => /^[\w.-]+$/.test(code), { error: 'problem.code', abort: true }),
  description: text(2_000),
  units: whole(0, mostUnits),
  category: line(60),
})

/** Nobody types more; each word costs a search as much as the first. */
const longestQuery = 100
const mostWords = 8

const key = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)
  .optional()
  .catch(undefined)

const catalogueQuery = z.object({
  q: z
    .string()
    .transform((typed) => wordsOf(typed.slice(0, longestQuery)).join(' '))
    .catch('')
    .default(''), // what is caught is first made into an error with a message
  page: z.coerce.number().int().min(1).max(1_000_000_000).catch(1).default(1),
  before: key,
  after: key,
})

/** The words of a query, in their order, without those of which folding leaves nothing but spaces. */
export function wordsOf(query: string): string[] {
  return query
    .split(/[\s\p{Cc}]+/u)
    .filter((word) => fold(word).toString().trim() !== '')
    .slice(0, mostWords)
}
