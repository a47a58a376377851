import type { Connection } from '../database/connection.js'
import { isDuplicate } from '../database/transient.js'
import { Taken } from '../errors.js'
import type { Product, ProductDraft } from './product.js'
import { fold, searchTextOf } from './search.js'

/** @throws {Taken} when another product has the code, whatever its case */
export async function insertProduct(connection: Connection, draft: ProductDraft, createdBy: number): Promise<number> {
  const { name, code, description, units, category } = draft
  try {
    const { insertId } = await connection.change(
      `INSERT INTO products (name, code, description, units, category, search_text, created_by, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))`,
      [name, code, description, units, category, searchTextOf(draft), createdBy],
    )
    return insertId
  } catch (error) {
    if (!isDuplicate(error, 'products_code_unique')) throw error
    throw new Taken('code', await connection.first('SELECT id, name FROM products WHERE code = ?', [code]))
  }
}

/** The products with these numbers, in their order. */
export async function findProductsById(connection: Connection, ids: number[]): Promise<(Product | undefined)[]> {
  const rows = await connection.rowsIn<Product>(`SELECT ${columns} FROM products WHERE id IN (?)`, [ids])
  const found = new Map(rows.map((product) => [product.id, product]))
  return ids.map((id) => found.get(id))
}

/**
 * The newest first. `words` must all appear, each in the name, the code or the description, whatever the case and the
 * accents. `counted` says how many there are, up to `count`, where it stops looking; it is 0 beyond the last.
 */
export async function findProducts(
  connection: Connection,
  words: string[],
  { limit, offset, count }: { limit: number; offset: number; count: number },
): Promise<{ products: Product[]; counted: number }> {
  // Matches are counted while searching; all products are counted faster from an index.
  const isSearch = words.length > 0
  const counted = isSearch ? 'COUNT(*) OVER ()' : '(SELECT COUNT(*) FROM (SELECT 1 FROM products LIMIT ?) AS first)'
  const rows = await connection.rows<Product & { counted: number }>(
    `SELECT ${columns}, counted
     FROM (
       SELECT id AS page_id, ${counted} AS counted
       FROM (SELECT id FROM products WHERE ${matches(words)} ORDER BY id DESC LIMIT ?) AS newest
       ORDER BY id DESC LIMIT ? OFFSET ?
     ) AS page
     JOIN products ON products.id = page_id
     ORDER BY id DESC`,
    isSearch ? [...words.map(fold), count, limit, offset] : [count, offset + limit, limit, offset],
  )
  return { products: rows.map(({ counted: _, ...product }) => product), counted: rows[0]?.counted ?? 0 }
}

export async function countProducts(connection: Connection, words: string[]): Promise<number> {
  const row = await connection.first<{ number: number }>(
    `SELECT COUNT(*) AS number FROM products WHERE ${matches(words)}`,
    words.map(fold),
  )
  return row?.number ?? 0
}

/** The categories in use, by name; at most 500, which is more than anybody chooses from. */
export async function findCategories(connection: Connection): Promise<string[]> {
  const rows = await connection.rows<{ category: string }>(
    'SELECT DISTINCT category FROM products ORDER BY category LIMIT 500',
  )
  return rows.map(({ category }) => category)
}

/**
 * Makes the search text of some products that have none, because a replica of an older version added them.
 * @returns how many there were
 */
export async function repairSearchText(connection: Connection, most: number): Promise<number> {
  const rows = await connection.rows<Product>(
    'SELECT id, name, code, description FROM products WHERE search_text IS NULL LIMIT ?',
    [most],
  )
  for (const row of rows) {
    await connection.change('UPDATE products SET search_text = ? WHERE id = ? AND search_text IS NULL', [
      searchTextOf(row),
      row.id,
    ])
  }
  return rows.length
}

const columns = 'id, name, code, description, units, category, created_at AS createdAt'

/** The condition that each of the words, folded, makes. */
function matches(words: string[]): string {
  return words.map(() => 'INSTR(search_text, ?) > 0').join(' AND ') || 'TRUE'
}
