import type { Knex } from 'knex'

/**
 * A product's version is a number that each change raises, and its changes say what was changed. What the index of
 * searches has of it is of an earlier version until a job has taken in those that a trigger notes; a repair of the text needs none.
 */
export async function up(knex: Knex) {
  const [[found]] = await knex.raw("SHOW COLUMNS FROM products LIKE 'version'")
  if (!found) await knex.raw('ALTER TABLE products ADD COLUMN version INT UNSIGNED NOT NULL DEFAULT 1')
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS product_changes (
      product_id BIGINT UNSIGNED NOT NULL,
      version INT UNSIGNED NOT NULL COMMENT 'the one that the change made',
      fields MEDIUMTEXT NOT NULL COMMENT 'JSON: of each field that changed, its value before and after',
      changed_by BIGINT UNSIGNED NOT NULL COMMENT 'users.id in the other database',
      changed_at DATETIME(3) NOT NULL,
      replica VARCHAR(64) NOT NULL,
      PRIMARY KEY (product_id, version)
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS search_changes (
      product_id BIGINT UNSIGNED NOT NULL,
      mark BIGINT UNSIGNED NOT NULL COMMENT 'random; another at each change',
      PRIMARY KEY (product_id)
    ) ENGINE=InnoDB`)
  await knex.raw(`
    CREATE TRIGGER IF NOT EXISTS products_update_indexed AFTER UPDATE ON products FOR EACH ROW FOLLOWS products_update
    IF NEW.version <> OLD.version AND NOT NEW.search_text <=> OLD.search_text THEN
      INSERT INTO search_changes (product_id, mark) VALUES (NEW.id, ${random})
        ON DUPLICATE KEY UPDATE mark = ${random};
    END IF`)
}

export async function down(knex: Knex) {
  await knex.raw('DROP TRIGGER IF EXISTS products_update_indexed')
  await knex.raw('DROP TABLE IF EXISTS search_changes, product_changes')
  await knex.raw('ALTER TABLE products DROP COLUMN version')
}

const random = 'FLOOR(RAND() * POW(2, 48))'
