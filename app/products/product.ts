import * as z from 'zod'
import { askedNumber, line, optionalText, parse, whole } from '../input/schemas.js'
import { fold } from './search/text.js'

export interface Product extends ProductFields, ProductVersion {
  units: number
  /** Whether it is out of use: left out of lists, and neither changed nor moved. */
  archived: 0 | 1
  /** How many movements its stock has had. */
  movements: number
  createdAt: Date
}

export interface ProductVersion {
  id: number
  /** A number that each change of its fields and each movement raises. */
  version: number
}

/** What describes a product; its units change by movements: stock/. Below `minimum` of them, it is low. */
export type ProductFields = Omit<ProductDraft, 'units' | 'minimum'> & { minimum: number }

/** A product as a person describes it, before it has a number. */
export type ProductDraft = z.infer<typeof productDraft>

/** What is to become of a product; units that are given are those that were counted, and no minimum leaves it as it is. */
export type ProductChange = z.infer<typeof productChange>

/** What a program changes of a product: the fields that it names. */
export type ProductPatch = z.infer<typeof productPatch>

/**
 * What a person asks of the catalogue: words to find (none: everything), what the products must be, in which order, and
 * which page, from 1. `before` and `after` are the number of the product that the page is next to: the one before it, or
 * the one after it; then `page` only names it.
 */
export type CatalogueQuery = z.infer<typeof catalogueQuery>

/** Whether a list of products is asked for fewer than all. */
export function isNarrowed({ q, category, stock, archived, mine }: CatalogueQuery): boolean {
  return q !== '' || [category, stock, archived, mine].some((asked) => asked !== undefined)
}

/** @throws {Invalid} with a problem for each field that breaks the rules */
export function parseProductDraft(values: unknown): ProductDraft {
  return parse(productDraft, values)
}

/** @throws {Invalid} as {@link parseProductDraft} */
export function parseProductChange(values: unknown): ProductChange {
  return parse(productChange, values)
}

/** @throws {Invalid} as {@link parseProductDraft} */
export function parseProductPatch(values: unknown): ProductPatch {
  return parse(productPatch, values)
}

/**
 * What the fingerprint of a write is made of. Versions before minimums know none, and nginx may try a form on both: so no
 * minimum is the same as none given.
 */
export function contentsOf(described: ProductDraft | ProductChange): object {
  return { ...described, minimum: described.minimum || undefined }
}

/** Never fails: what cannot be understood counts as not asked. */
export function parseCatalogueQuery(values: unknown): CatalogueQuery {
  return catalogueQuery.parse(values)
}

/** How many changes the history of a product has: each of them and each movement made a version. */
export function changesOf({ version, movements }: Product): number {
  return version - 1 - movements
}

/** Whether there are fewer units of a product than there should be. */
export function isLow({ archived, units, minimum }: Product): boolean {
  return !archived && units < minimum
}

/** A product's code, or undefined where it can be none. */
export function parseCode(typed: unknown): string | undefined {
  return code.safeParse(typed).data
}

/** A product's version, or undefined where it is none. */
export function parseVersion(text: unknown): number | undefined {
  return typeof text === 'string' && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined
}

/** That a product can have. */
export const mostUnits = 2_000_000_000

const code = line(64).refine((code) => /^[\w.-]+$/.test(code), { error: 'problem.code', abort: true })

export const categoryName = line(60)

/** The fingerprint of a write depends on this order, see {@link contentsOf}; keep it across versions. */
export const productDraft = z.object({
  name: line(100),
  code,
  description: optionalText(2_000),
  units: whole(0, mostUnits),
  category: categoryName,
  minimum: whole(0, mostUnits).optional(),
})
export const productChange = productDraft.partial({ units: true })

/** What of a product is to become something else. */
export const productPatch = productDraft.omit({ units: true }).partial()

/** Nobody types more; each word costs a search as much as the first. */
const longestQuery = 100
const mostWords = 8

/** By what a list is sorted; where by nothing, the newest come first. */
export const sorts = ['name', 'code', 'category', 'units'] as const

/** How many products a page may have; the first unless another is asked for. */
export const pageSizes = [20, 50, 100] as const

const one = z.literal('1').optional().catch(undefined)

const catalogueQuery = z
  .object({
    q: z
      .string()
      .transform((typed) => wordsOf(typed.slice(0, longestQuery)).join(' '))
      .catch('')
      .default(''), // what is caught is first made into an error with a message
    category: categoryName.optional().catch(undefined),
    stock: z.literal('low').optional().catch(undefined),
    archived: one,
    mine: one,
    sort: z.enum(sorts).optional().catch(undefined),
    dir: z.literal('desc').optional().catch(undefined),
    size: z.coerce.number().pipe(z.literal(pageSizes)).catch(pageSizes[0]).default(pageSizes[0]),
    page: z.coerce.number().int().min(1).max(1_000_000_000).catch(1).default(1),
    before: askedNumber,
    after: askedNumber,
  })
  // What is archived is never low, and the newest come first.
  .transform(({ stock, dir, ...query }) => ({
    ...query,
    stock: query.archived ? undefined : stock,
    dir: query.sort ? dir : undefined,
  }))

/** The words of a query, in their order, without those of which folding leaves nothing but spaces. */
export function wordsOf(query: string): string[] {
  return query
    .split(/[\s\p{Cc}]+/u)
    .filter((word) => fold(word).toString().trim() !== '')
    .slice(0, mostWords)
}
