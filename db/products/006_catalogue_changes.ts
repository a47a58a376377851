import type { Knex } from 'knex'

/**
 * How often the products have changed, and how many there are: the sums over these rows. Triggers change them, so that no
 * writer forgets it. A connection always changes the same one of sixteen, because who changes the same as another waits
 * for that one's COMMIT; the seventeenth has the products that were there before the triggers.
 */
export async function up(knex: Knex) {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS catalogue_changes (
      slot TINYINT UNSIGNED NOT NULL COMMENT 'CONNECTION_ID() modulo 16; 16: before the triggers',
      changes BIGINT UNSIGNED NOT NULL,
      products BIGINT NOT NULL,
      PRIMARY KEY (slot)
    ) ENGINE=InnoDB`)
  const slots = Array.from({ length: 16 }, (_, slot) => `(${slot}, 0, 0)`)
  await knex.raw(`INSERT IGNORE INTO catalogue_changes (slot, changes, products) VALUES ${slots.join(', ')}`)
  for (const [event, added] of Object.entries({ INSERT: 1, UPDATE: 0, DELETE: -1 })) {
    await knex.raw(`
      CREATE TRIGGER IF NOT EXISTS products_${event.toLowerCase()} AFTER ${event} ON products FOR EACH ROW
      UPDATE catalogue_changes SET changes = changes + 1, products = products + (${added})
      WHERE slot = CONNECTION_ID() MOD 16`)
  }
  // Locks what it counts until the end, so that each product is counted here or by a trigger and none by both.
  await knex.transaction(async (transaction) => {
    const [[{ number }]] = await transaction.raw('SELECT COUNT(*) AS number FROM products LOCK IN SHARE MODE')
    await transaction.raw(
      `INSERT IGNORE INTO catalogue_changes (slot, changes, products)
       SELECT 16, 0, ? - SUM(products) FROM catalogue_changes`,
      [number],
    )
  })
}

export async function down(knex: Knex) {
  for (const event of ['insert', 'update', 'delete']) await knex.raw(`DROP TRIGGER IF EXISTS products_${event}`)
  await knex.raw('DROP TABLE IF EXISTS catalogue_changes')
}
