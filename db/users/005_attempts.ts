import type { Knex } from 'knex'

/** How often a password was tried, by whom and of which account: see app/users/attempts.ts. */
export async function up(knex: Knex) {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS attempts (
      id BINARY(32) NOT NULL COMMENT 'HMAC-SHA-256 of what they are counted of',
      count INT UNSIGNED NOT NULL,
      free_at DATETIME(3) NOT NULL COMMENT 'before this, none more is allowed',
      forget_at DATETIME(3) NOT NULL,
      PRIMARY KEY (id),
      KEY attempts_forget_at (forget_at)
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`)
}

export async function down(knex: Knex) {
  await knex.raw('DROP TABLE IF EXISTS attempts')
}
