import { type Connection, insertInto, type Statement, typed } from '../database/connection.js'
import { isDuplicate } from '../database/transient.js'
import type { OwnerOfCode } from '../errors.js'
import type { ChangeOfProduct } from './changes.js'
import type { Product, ProductDraft, ProductFields, ProductVersion } from './product.js'
import { searchTextOf } from './search/text.js'

/** The statement that inserts new products. Another one's may have a code of theirs: {@link isCodeTaken}. */
export function insertProducts(products: NewProduct[]): Statement {
  return insertInto(
    'products (name, code, description, units, category, minimum, search_text, created_by, created_at)',
    '(_utf8mb4 ?, _utf8mb4 ?, _utf8mb4 ?, ?, _utf8mb4 ?, ?, ?, ?, UTC_TIMESTAMP(3))',
    products.map(({ draft, createdBy }) => {
      const { name, code, description, units, category, minimum = 0 } = draft
      const texts = [typed(name), typed(code), typed(description)]
      return [...texts, units, typed(category), minimum, searchTextOf(draft), createdBy]
    }),
  )
}

export interface NewProduct {
  draft: ProductDraft
  /** The number of the person. */
  createdBy: number
}

/** Whether a statement failed because another product has the code, whatever its case. */
export function isCodeTaken(error: unknown): boolean {
  return isDuplicate(error, 'products_code_unique')
}

export function findByCode(connection: Connection, code: string): Promise<OwnerOfCode | undefined> {
  return connection.first('SELECT id, name, archived FROM products WHERE code = ?', [code])
}

/** A product, and what its page says of all. */
export interface ProductFound extends Product {
  /** How many products are low: see {@link CatalogueState}. */
  lowProducts: number
}

/** The products with these numbers, in their order. */
export async function findProductsById(connection: Connection, ids: number[]): Promise<(ProductFound | undefined)[]> {
  if (ids.length === 0) return []
  const low = '(SELECT CAST(SUM(low) AS SIGNED) FROM catalogue_state) AS lowProducts'
  const rows = await connection.rowsIn<ProductFound>(`SELECT ${columns}, ${low} FROM products WHERE id IN (?)`, [ids])
  const found = new Map(rows.map((product) => [product.id, product]))
  return ids.map((id) => found.get(id))
}

/** A product that nobody else can change until the transaction ends. */
export function lockProduct(connection: Connection, id: number): Promise<Product | undefined> {
  return connection.first(`SELECT ${columns} FROM products WHERE id = ? FOR UPDATE`, [id])
}

/** The statement that changes a product's fields. Another product may have its code: {@link isCodeTaken}. */
export function updateProduct({ id, version }: ProductVersion, fields: ProductFields, searchText: Buffer): Statement {
  const { name, code, description, category, minimum } = fields
  return {
    sql: `UPDATE products SET name = _utf8mb4 ?, code = _utf8mb4 ?, description = _utf8mb4 ?, category = _utf8mb4 ?,
      minimum = ?, search_text = ?, version = ? WHERE id = ?`,
    values: [typed(name), typed(code), typed(description), typed(category), minimum, searchText, version, id],
  }
}

/** The statement that adds to a product's history: of the version before this one what that knows, and the rest beside it. */
export function insertChange(
  { id, version }: ProductVersion,
  { changes, changedBy, replica }: Pick<ChangeOfProduct, 'changes' | 'changedBy' | 'replica'>,
): Statement {
  const { minimum, archived, ...fields } = changes
  const json = [fields, { minimum, archived }].map((part) => typed(JSON.stringify(part)))
  return insertInto(
    'product_changes (product_id, version, fields, newer_fields, changed_by, changed_at, replica)',
    '(?, ?, _utf8mb4 ?, _utf8mb4 ?, ?, UTC_TIMESTAMP(3), _utf8mb4 ?)',
    [[id, version, ...json, changedBy, typed(replica)]],
  )
}

/** The changes of a product since a version, the latest first; at most so many. */
export async function findChanges(
  connection: Connection,
  productId: number,
  { since, most }: { since: number; most: number },
): Promise<ChangeOfProduct[]> {
  const rows = await connection.rows<Omit<ChangeOfProduct, 'changes'> & { fields: string; newer: string }>(
    `SELECT version, fields, newer_fields AS newer, changed_by AS changedBy, changed_at AS changedAt, replica
     FROM product_changes WHERE product_id = ? AND version > ? ORDER BY version DESC LIMIT ?`,
    [productId, since, most],
  )
  return rows.map(({ fields, newer, ...row }) => ({ ...row, changes: { ...JSON.parse(fields), ...JSON.parse(newer) } }))
}

/**
 * The catalogue's state: a mark that is another after each change of the products, the last number up to which all are in
 * the search's index, and how many products there are, and of these archived, and of the others low.
 */
export interface CatalogueState {
  mark: number
  indexedTo: number
  products: number
  archived: number
  low: number
}

/** Kept by triggers, and by the job that indexes: db/products/006_catalogue_state.ts, 007_search_terms.ts, 011_archive_minimum.ts. */
export async function readState(connection: Connection): Promise<CatalogueState> {
  const sums = ['products', 'archived', 'low'].map((each) => `CAST(SUM(${each}) AS SIGNED) AS ${each}`)
  const row = await connection.first<CatalogueState>(
    `SELECT CAST(SUM(mark) AS UNSIGNED) AS mark, MIN(indexed_to) AS indexedTo, ${sums} FROM catalogue_state`,
  )
  return row as CatalogueState
}

/** Of a {@link Product}. */
export const columns =
  'id, name, code, description, units, category, minimum, archived, version, movements, created_at AS createdAt'
