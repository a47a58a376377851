import type { Knex } from 'knex'

/**
 * Units change by movements: each is in the journal, raises the product's version and is counted with it. Whoever changes
 * units without one, as an older version or a statement by hand does, gets a count that the trigger writes, so the journal
 * always adds up.
 */
export async function up(knex: Knex) {
  const [[found]] = await knex.raw("SHOW COLUMNS FROM products LIKE 'movements'")
  if (!found) await knex.raw('ALTER TABLE products ADD COLUMN movements INT UNSIGNED NOT NULL DEFAULT 0')
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS movements (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
      product_id BIGINT UNSIGNED NOT NULL,
      number INT UNSIGNED NOT NULL COMMENT 'of the product''s movements, from 1',
      kind VARCHAR(5) CHARACTER SET ascii NOT NULL COMMENT 'in, out or count',
      units INT NOT NULL COMMENT 'that came; less than 0 where they went',
      balance INT UNSIGNED NOT NULL COMMENT 'the product''s units after it',
      reason VARCHAR(60) NOT NULL,
      note VARCHAR(500) NOT NULL,
      undoes BIGINT UNSIGNED NULL COMMENT 'the movement that it takes back',
      moved_by BIGINT UNSIGNED NULL COMMENT 'users.id in the other database; unknown to the trigger',
      moved_at DATETIME(3) NOT NULL,
      replica VARCHAR(64) NOT NULL,
      PRIMARY KEY (id),
      UNIQUE KEY movements_number (product_id, number),
      UNIQUE KEY movements_undoes (undoes),
      KEY movements_kind (kind),
      KEY movements_moved_by (moved_by),
      KEY movements_moved_at (moved_at)
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
  await knex.raw(`
    CREATE TRIGGER IF NOT EXISTS products_units BEFORE UPDATE ON products FOR EACH ROW
    IF NEW.units <> OLD.units AND NEW.movements = OLD.movements THEN
      SET NEW.movements = OLD.movements + 1, NEW.version = NEW.version + 1;
      INSERT INTO movements (product_id, number, kind, units, balance, reason, note, moved_at, replica)
      VALUES (NEW.id, NEW.movements, 'count', CAST(NEW.units AS SIGNED) - CAST(OLD.units AS SIGNED), NEW.units, '', '',
        UTC_TIMESTAMP(3), '');
    END IF`)
}

export async function down(knex: Knex) {
  await knex.raw('DROP TRIGGER IF EXISTS products_units')
  await knex.raw('DROP TABLE IF EXISTS movements')
  await knex.raw('ALTER TABLE products DROP COLUMN movements')
}
