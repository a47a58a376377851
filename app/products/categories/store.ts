import type { Connection } from '../../database/connection.js'
import type { Counts } from '../list/listing.js'

/**
 * A category is there from its first product until it is deleted, and its products are counted by triggers:
 * db/products/017_product_counts.ts. Case and accents make no other one.
 */
export interface Category extends Counts {
  category: string
}

/** How many products a category or a person has. */
export async function readCounts(connection: Connection, kind: 'category' | 'person', value: string): Promise<Counts> {
  const sql = `SELECT ${sums} FROM product_counts WHERE kind = '${kind}' AND value = ?`
  return (await connection.first<Counts>(sql, [value])) as Counts
}

/** The categories that have products, by name; at most 500, which is more than anybody chooses from. */
export function findCategoriesInUse(connection: Connection): Promise<Category[]> {
  return connection.rows(
    `SELECT value AS category, ${sums} FROM product_counts WHERE kind = 'category'
     GROUP BY value HAVING SUM(listed) + SUM(archived) > 0 ORDER BY value LIMIT 500`,
  )
}

/** The names of the categories, in their order; at most 500, as of {@link findCategoriesInUse}. */
export async function findNames(connection: Connection): Promise<string[]> {
  const rows = await connection.rows<{ category: string }>(
    `SELECT DISTINCT value AS category FROM product_counts WHERE kind = 'category' ORDER BY value LIMIT 500`,
  )
  return rows.map(({ category }) => category)
}

/** Categories by name, those behind this one; at most so many. */
export function findCategories(connection: Connection, after: string, most: number): Promise<Category[]> {
  return connection.rows(
    `SELECT value AS category, ${sums} FROM product_counts WHERE kind = 'category' AND value > ?
     GROUP BY value ORDER BY value LIMIT ?`,
    [after, most],
  )
}

/** The category of this name, as it is spelt, or undefined where there is none. */
export function findCategory(connection: Connection, name: string): Promise<Category | undefined> {
  return connection.first(
    `SELECT value AS category, ${sums} FROM product_counts WHERE kind = 'category' AND value = ? GROUP BY value`,
    [name],
  )
}

/** Adds a category without products, unless it is there. */
export async function insertCategory(connection: Connection, name: string): Promise<void> {
  await connection.change(
    `INSERT IGNORE INTO product_counts (kind, value, slot, listed, archived, low) VALUES ('category', ?, ${quietSlot}, 0, 0, 0)`,
    [name],
  )
}

/** Spells a category as given. */
export async function spell(connection: Connection, name: string): Promise<void> {
  await connection.change("UPDATE product_counts SET value = ? WHERE kind = 'category' AND value = ?", [name, name])
}

/** Deletes a category if it has no products. @returns whether it had none */
export async function deleteEmpty(connection: Connection, name: string): Promise<boolean> {
  const counts = await connection.rows<{ slot: number; products: number }>(
    `SELECT slot, CAST(listed + archived AS SIGNED) AS products FROM product_counts
     WHERE kind = 'category' AND value = ? FOR UPDATE`,
    [name],
  )
  if (counts.reduce((sum, { products }) => sum + products, 0) !== 0) return false
  if (counts.length === 0) return true
  // Those that were added up and no others: somebody may add a product meanwhile, which another slot counts.
  const slots = counts.map(({ slot }) => slot)
  await connection.rowsIn("DELETE FROM product_counts WHERE kind = 'category' AND value = ? AND slot IN (?)", [
    name,
    slots,
  ])
  return true
}

/** No trigger writes there, so nobody waits for whoever does. */
const quietSlot = 16

const sums = ['listed', 'archived', 'low']
  .map((each) => `CAST(IFNULL(SUM(${each}), 0) AS SIGNED) AS ${each}`)
  .join(', ')
