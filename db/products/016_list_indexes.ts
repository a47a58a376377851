import type { Knex } from 'knex'

/**
 * What the lists of products are read by: app/products/list/. InnoDB ends each with the id. Whether a product is
 * low is a column that triggers keep, so that an index can have it, whoever writes the row.
 */
export async function up(knex: Knex) {
  if (!(await knex.schema.hasColumn('products', 'low'))) {
    await knex.raw('ALTER TABLE products ADD COLUMN low TINYINT UNSIGNED NOT NULL DEFAULT 0')
  }
  const setLow = 'SET NEW.low = NOT NEW.archived AND NEW.units < NEW.minimum'
  await knex.raw(`CREATE TRIGGER IF NOT EXISTS products_insert_low BEFORE INSERT ON products FOR EACH ROW ${setLow}`)
  await knex.raw(`
    CREATE TRIGGER IF NOT EXISTS products_update_low BEFORE UPDATE ON products FOR EACH ROW FOLLOWS products_units ${setLow}`)
  await markLow(knex)
  const [found] = await knex.raw('SHOW INDEX FROM products')
  const there = new Set(found.map(({ Key_name }: { Key_name: string }) => Key_name))
  const missing = Object.entries(indexes).filter(([name]) => !there.has(name))
  if (missing.length === 0) return
  const added = missing.map(([name, columns]) => `ADD INDEX ${name} (${columns})`)
  await knex.raw(`ALTER TABLE products ${added.join(', ')}, ALGORITHM = INPLACE, LOCK = NONE`)
}

export async function down(knex: Knex) {
  await knex.raw(
    `ALTER TABLE products ${Object.keys(indexes)
      .map((name) => `DROP INDEX ${name}`)
      .join(', ')}`,
  )
  for (const event of ['insert', 'update']) await knex.raw(`DROP TRIGGER IF EXISTS products_${event}_low`)
  await knex.raw('ALTER TABLE products DROP COLUMN low')
}

/** Behind an order, what a list may also be of, so that it is tested without looking at the product. */
const tested = 'id, low, created_by'

const indexes = {
  products_archived: 'archived',
  products_low: 'low',
  products_of_person: 'created_by, archived',
  products_by_name: `archived, name, ${tested}`,
  products_by_code: `archived, code, ${tested}`,
  products_by_units: `archived, units, ${tested}`,
  products_in_category: `archived, category, ${tested}`,
  products_in_category_by_name: `archived, category, name, ${tested}`,
  products_in_category_by_code: `archived, category, code, ${tested}`,
  products_in_category_by_units: `archived, category, units, ${tested}`,
}

/** Rows a statement: small enough that no write waits long for it. */
const batch = 500

/** The products that were low before the triggers. */
async function markLow(knex: Knex) {
  for (let found = batch; found === batch; ) {
    const ids = await knex('products').whereRaw('low = 0 AND NOT archived AND units < minimum').limit(batch).pluck('id')
    found = ids.length
    await knex('products').whereIn('id', ids).update({ low: 1 })
  }
}
