import type { Knex } from 'knex'

/** The table behind app/writes/writes.ts; each database has its own, because a write and its key commit together. */
export async function createIdempotencyKeys(knex: Knex) {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS idempotency_keys (
      id BINARY(32) NOT NULL COMMENT 'SHA-256 of principal, route and key',
      fingerprint BINARY(32) NOT NULL COMMENT 'HMAC-SHA-256 of the contents',
      result TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL COMMENT 'JSON',
      created_at DATETIME(3) NOT NULL,
      PRIMARY KEY (id),
      KEY idempotency_keys_created_at (created_at)
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`)
}

export async function dropIdempotencyKeys(knex: Knex) {
  await knex.raw('DROP TABLE IF EXISTS idempotency_keys')
}
