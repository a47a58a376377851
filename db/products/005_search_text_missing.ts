import type { Knex } from 'knex'

const index = 'products_search_text_missing'

/** Finds the products without a search text, which a replica of an older version added, among a million that have one. */
export async function up(knex: Knex) {
  const [[found]] = await knex.raw('SHOW INDEX FROM products WHERE Key_name = ?', [index])
  if (!found) await knex.raw(`ALTER TABLE products ADD INDEX ${index} (search_text(1))`)
}

export async function down(knex: Knex) {
  await knex.raw(`ALTER TABLE products DROP INDEX ${index}`)
}
