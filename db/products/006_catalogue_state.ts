import type { Knex } from 'knex'

/**
 * The state of the catalogue, as sums over these rows: a mark that differs from every earlier state's, and how many products
 * there are. Triggers keep it, so that no writer forgets it. The mark is random, because a counter can come to an earlier
 * number again: after a crash that takes back what readers had seen, or from a backup.
 *
 * Which of sixteen rows changes depends on the connection, because who changes the same as another waits for that one's
 * COMMIT, and on the time, so that who tries again gets another. The seventeenth has the products that were there before
 * the triggers. Writers wait while those are counted.
 */
export async function up(knex: Knex) {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS catalogue_state (
      slot TINYINT UNSIGNED NOT NULL COMMENT '16: what was there before the triggers',
      mark BIGINT UNSIGNED NOT NULL COMMENT 'random',
      products BIGINT NOT NULL,
      PRIMARY KEY (slot)
    ) ENGINE=InnoDB`)
  const slots = Array.from({ length: 16 }, (_, slot) => `(${slot}, 0, 0)`)
  await knex.raw(`INSERT IGNORE INTO catalogue_state (slot, mark, products) VALUES ${slots.join(', ')}`)
  for (const [event, added] of Object.entries({ INSERT: 1, UPDATE: 0, DELETE: -1 })) {
    await knex.raw(`
      CREATE TRIGGER IF NOT EXISTS products_${event.toLowerCase()} AFTER ${event} ON products FOR EACH ROW
      UPDATE catalogue_state SET mark = ${random}, products = products + (${added})
      WHERE slot = (CONNECTION_ID() + UNIX_TIMESTAMP()) MOD 16`)
  }
  // Locks what it counts until the end, so that each product is counted here or by a trigger and none by both.
  await knex.transaction(
    async (transaction) => {
      const [[{ number }]] = await transaction.raw('SELECT COUNT(*) AS number FROM products LOCK IN SHARE MODE')
      await transaction.raw(
        `INSERT IGNORE INTO catalogue_state (slot, mark, products)
         SELECT 16, ${random}, ? - SUM(products) FROM catalogue_state`,
        [number],
      )
    },
    { isolationLevel: 'repeatable read' },
  )
}

export async function down(knex: Knex) {
  for (const event of ['insert', 'update', 'delete']) await knex.raw(`DROP TRIGGER IF EXISTS products_${event}`)
  await knex.raw('DROP TABLE IF EXISTS catalogue_state')
}

/** 48 bits, so that the sum of all is a number that JavaScript has. */
const random = 'FLOOR(RAND() * POW(2, 48))'
