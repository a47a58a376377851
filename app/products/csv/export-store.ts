import type { Connection } from '../../database/connection.js'
import { hasAll } from '../search/store.js'

/** A product as a file has it. */
export interface Exported {
  name: string
  code: string
  description: string
  units: number
  category: string
  minimum: number
}

/** The number of the newest product. */
export async function newestId(connection: Connection): Promise<number> {
  const row = await connection.first<{ newest: number | null }>('SELECT MAX(id) AS newest FROM products')
  return row?.newest ?? 0
}

/**
 * The products with these numbers, ends included, the newest first; of a search, those that have all of its words, folded.
 */
export function findBetween(
  connection: Connection,
  { from, to }: { from: number; to: number },
  words: Buffer[],
): Promise<Exported[]> {
  const found = words.length > 0 ? ` AND ${hasAll(words)}` : ''
  return connection.rows(
    `SELECT name, code, description, units, category, minimum FROM products
     WHERE id BETWEEN ? AND ?${found} ORDER BY id DESC`,
    [from, to, ...words],
  )
}
