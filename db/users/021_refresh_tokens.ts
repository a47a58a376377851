import type { Knex } from 'knex'

/** What a program that signed in refreshes its tokens by. An older version leaves it as it is. */
export async function up(knex: Knex) {
  if (await knex.schema.hasColumn('sessions', 'refresh_seed')) return
  await knex.raw(`
    ALTER TABLE sessions
      ADD COLUMN refresh_seed BINARY(32) NULL COMMENT 'of its refresh tokens, which need the secret, too',
      ADD COLUMN refresh_generation INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'of the token that counts',
      ADD COLUMN refreshed_at DATETIME(3) NULL COMMENT 'when that one was made'`)
}

export async function down(knex: Knex) {
  await knex.raw(
    'ALTER TABLE sessions DROP COLUMN refresh_seed, DROP COLUMN refresh_generation, DROP COLUMN refreshed_at',
  )
}
