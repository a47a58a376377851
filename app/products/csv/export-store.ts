import type { Connection } from '../../database/connection.js'
import type { Condition } from '../list/listing.js'
import { allOf } from '../list/store.js'
import type { Product } from '../product.js'

/** A product as a file has it. */
export type Exported = Pick<Product, 'name' | 'code' | 'description' | 'units' | 'category' | 'minimum'>

/** The number of the newest product. */
export async function newestId(connection: Connection): Promise<number> {
  const row = await connection.first<{ newest: number | null }>('SELECT MAX(id) AS newest FROM products')
  return row?.newest ?? 0
}

/** The products with these numbers, ends included, that meet all conditions, the newest first. */
export function findBetween(
  connection: Connection,
  { from, to }: { from: number; to: number },
  conditions: Condition[],
): Promise<Exported[]> {
  return connection.rows(
    `SELECT name, code, description, units, category, minimum FROM products FORCE INDEX (PRIMARY)
     WHERE id BETWEEN ? AND ? AND ${allOf(conditions)} ORDER BY id DESC`,
    [from, to, ...conditions.flatMap(({ values }) => values)],
  )
}
