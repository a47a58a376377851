import { type Connection, type Statement, typed } from '../database/connection.js'
import { isDuplicate } from '../database/transient.js'
import type { Product, ProductDraft } from './product.js'
import { fold, searchTextOf } from './search.js'

/** The row of a new product. Another one's may have its code: {@link isCodeTaken}. */
export function productRow(draft: ProductDraft, createdBy: number): Statement {
  const { name, code, description, units, category } = draft
  return {
    sql: `INSERT INTO products (name, code, description, units, category, search_text, created_by, created_at)
      VALUES (_utf8mb4 ?, _utf8mb4 ?, _utf8mb4 ?, ?, _utf8mb4 ?, ?, ?, UTC_TIMESTAMP(3))`,
    values: [typed(name), typed(code), typed(description), units, typed(category), searchTextOf(draft), createdBy],
  }
}

/** Whether a statement failed because another product has the code, whatever its case. */
export function isCodeTaken(error: unknown): boolean {
  return isDuplicate(error, 'products_code_unique')
}

export function findByCode(connection: Connection, code: string): Promise<{ id: number; name: string } | undefined> {
  return connection.first('SELECT id, name FROM products WHERE code = ?', [code])
}

/** The products with these numbers, in their order. */
export async function findProductsById(connection: Connection, ids: number[]): Promise<(Product | undefined)[]> {
  const rows = await connection.rowsIn<Product>(`SELECT ${columns} FROM products WHERE id IN (?)`, ids)
  const found = new Map(rows.map((product) => [product.id, product]))
  return ids.map((id) => found.get(id))
}

/** Is another after each change of the products. */
export async function readMark(connection: Connection): Promise<number> {
  const row = await connection.first<{ mark: number }>(
    'SELECT CAST(SUM(mark) AS UNSIGNED) AS mark FROM catalogue_state',
  )
  return row?.mark as number
}

/** How many products there are. */
export async function countProducts(connection: Connection): Promise<number> {
  const row = await connection.first<{ total: number }>(`SELECT ${total} AS total`)
  return row?.total as number
}

/** The newest first, and how many there are of all; 0 beyond the last. */
export async function findProducts(
  connection: Connection,
  { limit, offset }: { limit: number; offset: number },
): Promise<{ products: Product[]; total: number }> {
  const rows = await connection.rows<Product & { total: number }>(
    `SELECT ${columns}, ${total} AS total
     FROM (SELECT id AS page_id FROM products ORDER BY id DESC LIMIT ? OFFSET ?) AS page
     JOIN products ON products.id = page_id
     ORDER BY id DESC`,
    [limit, offset],
  )
  return { products: rows.map(({ total: _, ...product }) => product), total: rows[0]?.total ?? 0 }
}

/**
 * The newest first. `words` must all appear, each in the name, the code or the description, whatever the case and the
 * accents. `counted` says how many there are, up to `count`, where it stops looking; it is 0 beyond the last.
 */
export async function searchProducts(
  connection: Connection,
  words: string[],
  { limit, offset, count }: { limit: number; offset: number; count: number },
): Promise<{ products: Product[]; counted: number }> {
  const rows = await connection.rows<Product & { counted: number }>(
    `SELECT ${columns}, counted
     FROM (
       SELECT id AS page_id, COUNT(*) OVER () AS counted
       FROM (SELECT id FROM products WHERE ${matches(words)} ORDER BY id DESC LIMIT ?) AS newest
       ORDER BY id DESC LIMIT ? OFFSET ?
     ) AS page
     JOIN products ON products.id = page_id
     ORDER BY id DESC`,
    [...words.map(fold), count, limit, offset],
  )
  return { products: rows.map(({ counted: _, ...product }) => product), counted: rows[0]?.counted ?? 0 }
}

export async function countFound(connection: Connection, words: string[]): Promise<number> {
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

/** Kept by triggers: db/products/006_catalogue_state.ts. */
const total = '(SELECT CAST(SUM(products) AS SIGNED) FROM catalogue_state)'

/** The condition that each of the words, folded, makes. */
function matches(words: string[]): string {
  return words.map(() => 'INSTR(search_text, ?) > 0').join(' AND ')
}
