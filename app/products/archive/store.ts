import { type Connection, insertInto, type Statement } from '../../database/connection.js'
import { changesOf, type Product } from '../product.js'

/** The statement that takes a product out of use, or back into it. */
export function updateArchived({ id, version, archived }: Pick<Product, 'id' | 'version' | 'archived'>): Statement {
  return { sql: 'UPDATE products SET archived = ?, version = ? WHERE id = ?', values: [archived, version, id] }
}

/** Rows of a table that go in the transaction: more would keep it longer than a statement may take. */
const mostAtOnce = 5_000

/** What a product takes along. */
const tables = ['movements', 'product_changes', 'search_changes']

/** The statements that delete a product; what is left of it then, {@link deleteLeft} takes. */
export function deleteProduct(product: Product): Statement[] {
  const isMuch = Math.max(product.movements, changesOf(product)) > mostAtOnce
  return [
    ...tables.map((table) => deleteFrom(table, product.id, mostAtOnce)),
    ...(isMuch ? [insertInto('deleted_products (product_id)', '(?)', [[product.id]])] : []),
    // Its trigger locks a row of the catalogue's state, for which those who add products wait.
    { sql: 'DELETE FROM products WHERE id = ?', values: [product.id] },
  ]
}

/** Deletes some of what is left of a product that was deleted, at most so many rows of a table. @returns how many of one */
export async function deleteLeft(connection: Connection, most: number): Promise<number> {
  const product = await connection.first<{ id: number }>('SELECT product_id AS id FROM deleted_products LIMIT 1')
  if (!product) return 0
  let deleted = 0
  for (const table of tables) {
    const { sql, values } = deleteFrom(table, product.id, most)
    deleted = Math.max(deleted, (await connection.change(sql, values)).affectedRows)
  }
  if (deleted < most) await connection.change('DELETE FROM deleted_products WHERE product_id = ?', [product.id])
  return deleted
}

function deleteFrom(table: string, productId: number, most: number): Statement {
  return { sql: `DELETE FROM ${table} WHERE product_id = ? LIMIT ?`, values: [productId, most] }
}
