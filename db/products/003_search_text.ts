import type { Knex } from 'knex'

/** Folded text of a product, for searches: app/products/search/text.ts. NULL until it is made. */
export async function up(knex: Knex) {
  if (await knex.schema.hasColumn('products', 'search_text')) return
  // Letters can fold into as many as 18 others.
  await knex.raw('ALTER TABLE products ADD COLUMN search_text MEDIUMBLOB NULL')
}

export async function down(knex: Knex) {
  await knex.raw('ALTER TABLE products DROP COLUMN search_text')
}
