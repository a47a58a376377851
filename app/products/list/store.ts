import type { Connection, Value } from '../../database/connection.js'
import type { Product } from '../product.js'
import { columns } from '../store.js'
import type { Condition, IndexedSet, Listing, ProductSets } from './listing.js'

/** Where a product stands in a list: its number, and what it is sorted by. */
export interface Place {
  id: number
  value?: Value
}

/** The place of a product, or undefined where there is no such product; what is sorted by the number alone needs none. */
export async function findPlace(connection: Connection, { sort }: Listing, id: number): Promise<Place | undefined> {
  if (!sort) return { id }
  return connection.first<{ id: number; value: Value }>(`SELECT id, ${sort} AS value FROM products WHERE id = ?`, [id])
}

/** The place of a product that is there. */
export function placeOf(product: Product, { sort }: Listing): Place {
  return sort ? { id: product.id, value: product[sort] } : { id: product.id }
}

/** Products of a list, in its order, but for the first ones; or, `fromEnd`, but for the last ones. */
export async function findProducts(
  connection: Connection,
  listing: Listing,
  { skip, most, fromEnd = false }: { skip: number; most: number; fromEnd?: boolean },
): Promise<Product[]> {
  const page = idsOf(listing, { backwards: fromEnd })
  return connection.rows(
    `SELECT ${columns} FROM (${page.sql} LIMIT ? OFFSET ?) AS page
     STRAIGHT_JOIN products ON products.id = page_id ORDER BY ${orderOf(listing)}`,
    [...page.values, most, skip],
  )
}

/** Some products of a list, and whether there are others before and after them. */
export interface Stretch {
  products: Product[]
  earlier: boolean
  later: boolean
}

/**
 * The products next before or after a place in a list, at the same cost wherever that is; undefined for none.
 * @param place where it is undefined, those at the end
 */
export async function findBeside(
  connection: Connection,
  listing: Listing,
  { side, place, most }: { side: 'before' | 'after'; place: Place | undefined; most: number },
): Promise<Stretch | undefined> {
  const backwards = side === 'before'
  const page = idsOf(listing, { backwards, beyond: place })
  const others = place && idsOf(listing, { backwards: !backwards, beyond: place, andThere: true })
  const rows = await connection.rows<Product & { others: number }>(
    `SELECT ${columns}, ${others ? `EXISTS (${others.sql} LIMIT 1)` : '0'} AS others
     FROM (${page.sql} LIMIT ?) AS page
     STRAIGHT_JOIN products ON products.id = page_id ORDER BY ${orderOf(listing)}`,
    [...(others?.values ?? []), ...page.values, most + 1],
  )
  if (rows.length === 0) return undefined
  const [isMore, isOther] = [rows.length > most, rows[0]?.others === 1]
  const shown = isMore ? (backwards ? rows.slice(1) : rows.slice(0, most)) : rows
  const products = shown.map(({ others: _, ...product }) => product)
  return { products, earlier: backwards ? isMore : isOther, later: backwards ? isOther : isMore }
}

/**
 * The statement that finds the numbers of a list's products, without its limit. The server is told the index, because where
 * there is a limit it may take another one, and sort all that it finds there.
 * @param way backwards is from the end; beyond is the place behind which they begin, and there itself, where `andThere`
 */
function idsOf(
  { index, sort, descending, conditions }: Listing,
  way: { backwards: boolean; beyond?: Place | undefined; andThere?: boolean },
): Condition {
  const order = { sort, descending: descending !== way.backwards }
  const all = way.beyond ? [...conditions, conditionBeyond(way.beyond, order, way.andThere)] : conditions
  return {
    sql: `SELECT id AS page_id FROM products FORCE INDEX (${index}) WHERE ${allOf(all)} ORDER BY ${orderOf(order)}`,
    values: all.flatMap(({ values }) => values),
  }
}

type Order = Pick<Listing, 'sort' | 'descending'>

function conditionBeyond({ id, value }: Place, { sort, descending }: Order, andThere = false): Condition {
  const than = descending ? '<' : '>'
  const beyondId = `id ${than}${andThere ? '=' : ''} ?`
  if (!sort || value === undefined) return { sql: beyondId, values: [id] }
  return { sql: `(${sort} ${than} ? OR (${sort} = ? AND ${beyondId}))`, values: [value, value, id] }
}

function orderOf({ sort, descending }: Order): string {
  const direction = descending ? 'DESC' : 'ASC'
  return `${sort ? `${sort} ${direction}, ` : ''}id ${direction}`
}

export function allOf(conditions: Condition[]): string {
  return conditions.map(({ sql }) => sql).join(' AND ')
}

/** Puts products in an order. */
export async function sortIds(connection: Connection, ids: number[], order: Order): Promise<number[]> {
  if (ids.length === 0) return []
  const rows = await connection.rowsIn<{ id: number }>(
    `SELECT id FROM products FORCE INDEX (PRIMARY) WHERE id IN (?) ORDER BY ${orderOf(order)}`,
    [ids],
  )
  return rows.map(({ id }) => id)
}

/** How many of a set's products, or of the first so many, are in the other sets, too. */
export async function countCommon(
  connection: Connection,
  [set, ...others]: ProductSets,
  most: number,
): Promise<number> {
  const rest = others.flatMap(({ conditions }) => conditions)
  const row = await connection.first<{ number: number }>(
    `SELECT COUNT(*) AS number FROM (
       SELECT archived, low, category, created_by FROM products FORCE INDEX (${set.index})
       WHERE ${allOf(set.conditions)} LIMIT ?) AS first_ones
     WHERE ${allOf(rest)}`,
    [...valuesOf(set.conditions), most, ...valuesOf(rest)],
  )
  return row?.number ?? 0
}

/** Those of a set between two numbers, ends included; at most so many. */
export async function findBetween(
  connection: Connection,
  set: IndexedSet,
  { from, to, most }: { from: number; to: number; most: number },
): Promise<number[]> {
  const rows = await connection.rows<{ id: number }>(
    `SELECT id FROM products FORCE INDEX (${set.index}) WHERE ${allOf(set.conditions)} AND id BETWEEN ? AND ? LIMIT ?`,
    [...valuesOf(set.conditions), from, to, most],
  )
  return rows.map(({ id }) => id)
}

function valuesOf(conditions: Condition[]): Value[] {
  return conditions.flatMap(({ values }) => values)
}
