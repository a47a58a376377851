import type { Knex } from 'knex'

/**
 * The index of the products' texts: for each term, and each block of products, those of the block that have it
 * (app/products/search/). Block before term, so that a block is written in one place.
 *
 * The index ends at the least `indexed_to` of all slots. A job raises them, and a product with a lower number that commits
 * later lowers that of its slot: the one that products_insert has just changed, so has locked until the COMMIT, because
 * both triggers see the time at which their statement began.
 */
export async function up(knex: Knex) {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS search_terms (
      block INT UNSIGNED NOT NULL,
      term MEDIUMINT UNSIGNED NOT NULL,
      products VARBINARY(2049) NOT NULL,
      PRIMARY KEY (block, term)
    ) ENGINE=InnoDB`)
  const [[found]] = await knex.raw("SHOW COLUMNS FROM catalogue_state LIKE 'indexed_to'")
  if (!found) await knex.raw('ALTER TABLE catalogue_state ADD COLUMN indexed_to BIGINT UNSIGNED NOT NULL DEFAULT 0')
  await knex.raw(`
    CREATE TRIGGER IF NOT EXISTS products_insert_indexed AFTER INSERT ON products FOR EACH ROW FOLLOWS products_insert
    UPDATE catalogue_state SET indexed_to = NEW.id - 1
    WHERE slot = (CONNECTION_ID() + UNIX_TIMESTAMP()) MOD 16 AND indexed_to >= NEW.id`)
}

export async function down(knex: Knex) {
  await knex.raw('DROP TRIGGER IF EXISTS products_insert_indexed')
  await knex.raw('ALTER TABLE catalogue_state DROP COLUMN indexed_to')
  await knex.raw('DROP TABLE IF EXISTS search_terms')
}
