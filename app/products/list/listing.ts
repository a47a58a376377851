import type { Value } from '../../database/connection.js'
import type { CatalogueQuery } from '../product.js'

/** A list of products as the database finds it: those that meet all conditions, in an order, by an index. */
export interface Listing {
  index: string
  conditions: Condition[]
  sort: CatalogueQuery['sort']
  descending: boolean
}

export interface Condition {
  sql: string
  values: Value[]
}

/** Products that an index has beside each other, in the order of their numbers. */
export interface IndexedSet {
  index: string
  conditions: Condition[]
  /** How many they are. */
  size: number
}

/** How many products there are: not archived, archived, and low. */
export interface Counts {
  listed: number
  archived: number
  low: number
}

/** Sets of which the products in common are asked for, the smallest first. */
export type ProductSets = [IndexedSet, ...IndexedSet[]]

/** @param person whose products are asked for, where not everybody's */
export function setsOf(
  { category, stock, archived }: CatalogueQuery,
  person: number | undefined,
  counts: { all: Counts; category: Counts | undefined; person: Counts | undefined },
): ProductSets {
  const kept = { sql: `archived = ${archived ? 1 : 0}`, values: [] }
  const sizeIn = (of: Counts | undefined) => of?.[archived ? 'archived' : 'listed'] ?? 0
  const all: IndexedSet = { index: 'products_archived', conditions: [kept], size: sizeIn(counts.all) }
  const narrow: IndexedSet[] = []
  if (stock) {
    narrow.push({ index: 'products_low', conditions: [{ sql: 'low = 1', values: [] }], size: counts.all.low })
  }
  if (category !== undefined) {
    const isOfCategory = { sql: 'category = ?', values: [category] }
    narrow.push({ index: 'products_in_category', conditions: [kept, isOfCategory], size: sizeIn(counts.category) })
  }
  if (person !== undefined) {
    const isMine = { sql: 'created_by = ?', values: [person] }
    narrow.push({ index: 'products_of_person', conditions: [kept, isMine], size: sizeIn(counts.person) })
  }
  return [all, ...narrow].sort((one, other) => one.size - other.size) as ProductSets
}

/** So few products are sorted sooner than they are found by going through others in their order. */
export const few = 2_000

/** How a query's products are found. @param sets see {@link setsOf} */
export function listingOf({ sort, dir, category }: CatalogueQuery, sets: ProductSets): Listing {
  const [smallest] = sets
  const conditions = [...new Map(sets.flatMap((set) => set.conditions).map((each) => [each.sql, each])).values()]
  if (!sort || (sort === 'category' && category !== undefined)) {
    return { index: smallest.index, conditions, sort: undefined, descending: sort ? dir === 'desc' : true }
  }
  // An index that has the products in their order has those of a category so, too.
  const inOrder = category === undefined ? ordered[sort] : orderedInCategory[sort]
  const isInOrder = sets.length === (category === undefined ? 1 : 2)
  const index = isInOrder || smallest.size > few ? inOrder : smallest.index
  return { index, conditions, sort, descending: dir === 'desc' }
}

const ordered = {
  name: 'products_by_name',
  code: 'products_by_code',
  units: 'products_by_units',
  category: 'products_in_category',
}

const orderedInCategory = {
  ...ordered,
  name: 'products_in_category_by_name',
  code: 'products_in_category_by_code',
  units: 'products_in_category_by_units',
}
