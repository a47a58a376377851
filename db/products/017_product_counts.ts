import type { Knex } from 'knex'

/**
 * How many products there are of each category and of each person, kept by triggers in slots like those of
 * 006_catalogue_state.ts: these have locked the slot by then. The seventeenth has those that were there before; writers wait
 * while they are counted.
 */
export async function up(knex: Knex) {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS product_counts (
      kind ENUM ('category', 'person') NOT NULL,
      value VARCHAR(60) NOT NULL COMMENT 'the category, or users.id in the other database',
      slot TINYINT UNSIGNED NOT NULL COMMENT '16: what was there before the triggers',
      listed BIGINT NOT NULL COMMENT 'not archived',
      archived BIGINT NOT NULL,
      low BIGINT NOT NULL,
      PRIMARY KEY (kind, value, slot)
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`)
  await knex.raw(`
    CREATE TRIGGER IF NOT EXISTS products_insert_count AFTER INSERT ON products FOR EACH ROW
    FOLLOWS products_insert_counts ${count('NEW', '+')}`)
  await knex.raw(`
    CREATE TRIGGER IF NOT EXISTS products_update_count AFTER UPDATE ON products FOR EACH ROW
    FOLLOWS products_update_counts
    IF NEW.category <> OLD.category OR NEW.archived <> OLD.archived OR NEW.low <> OLD.low THEN
      ${count('OLD', '-')};
      ${count('NEW', '+')};
    END IF`)
  await knex.raw(`
    CREATE TRIGGER IF NOT EXISTS products_delete_count AFTER DELETE ON products FOR EACH ROW
    FOLLOWS products_delete_counts ${count('OLD', '-')}`)
  // Locks what it counts until its end, so that each product is counted here or by a trigger and none by both.
  const sums = 'SUM(archived = 0) AS listed, SUM(archived) AS archived, SUM(low) AS low FROM products GROUP BY value'
  await knex.transaction(
    (transaction) =>
      transaction.raw(`
        INSERT IGNORE INTO product_counts (kind, value, slot, listed, archived, low)
        SELECT kind, value, 16, SUM(listed), SUM(archived), SUM(low) FROM (
          SELECT 'category' AS kind, category AS value, ${sums}
          UNION ALL SELECT 'person', CAST(created_by AS CHAR CHARACTER SET utf8mb4) COLLATE utf8mb4_unicode_520_ci AS value, ${sums}
          UNION ALL SELECT kind, value, -listed, -archived, -low FROM product_counts
        ) AS each_count GROUP BY kind, value`),
    { isolationLevel: 'repeatable read' },
  )
}

export async function down(knex: Knex) {
  for (const event of ['insert', 'update', 'delete']) await knex.raw(`DROP TRIGGER IF EXISTS products_${event}_count`)
  await knex.raw('DROP TABLE IF EXISTS product_counts')
}

/** The statement that counts a row in, or out. Its conditions are signed numbers, which may become less than none. */
function count(row: 'NEW' | 'OLD', sign: '+' | '-'): string {
  const counts = {
    listed: `IF(${row}.archived, 0, 1)`,
    archived: `IF(${row}.archived, 1, 0)`,
    low: `IF(${row}.low, 1, 0)`,
  }
  const values = Object.values(counts).map((each) => `0 ${sign} ${each}`)
  const slot = '(CONNECTION_ID() + UNIX_TIMESTAMP()) MOD 16'
  return `
    INSERT INTO product_counts (kind, value, slot, listed, archived, low)
    VALUES ('category', ${row}.category, ${slot}, ${values}), ('person', ${row}.created_by, ${slot}, ${values})
    ON DUPLICATE KEY UPDATE ${Object.entries(counts).map(([name, each]) => `${name} = ${name} ${sign} ${each}`)}`
}
