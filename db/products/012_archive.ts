import type { Knex } from 'knex'

/**
 * Changes of what versions before this cannot show stand beside the fields that they know, so that one of them still shows
 * the rest. Of a product with very many movements, a job takes those that are left when it has been deleted.
 */
export async function up(knex: Knex) {
  if (!(await knex.schema.hasColumn('product_changes', 'newer_fields'))) {
    await knex.raw(`ALTER TABLE product_changes ADD COLUMN newer_fields VARCHAR(1000) NOT NULL DEFAULT '{}'
      COMMENT 'JSON as fields, of those that versions before this column do not know'`)
  }
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS deleted_products (
      product_id BIGINT UNSIGNED NOT NULL COMMENT 'of which movements or changes are left',
      PRIMARY KEY (product_id)
    ) ENGINE=InnoDB`)
}

export async function down(knex: Knex) {
  await knex.raw('DROP TABLE IF EXISTS deleted_products')
  await knex.raw('ALTER TABLE product_changes DROP COLUMN newer_fields')
}
