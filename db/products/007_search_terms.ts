import type { Knex } from 'knex'

/**
 * The index of the products' texts: for each term, and each block of products, those of the block that have it
 * (app/products/search/). Block before term, so that a block is written in one place.
 *
 * In each slot, indexed_to is the last id that it lets the index have. The index ends at the least of all: a job raises
 * them, and a product with a lower id that commits later lowers that of its slot, which {@link slot} has locked.
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
