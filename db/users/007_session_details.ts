import type { Knex } from 'knex'

/** What tells people's sessions from each other. An older version leaves it as it is. */
export async function up(knex: Knex) {
  if (await knex.schema.hasColumn('sessions', 'seen_at')) return
  await knex.raw(`
    ALTER TABLE sessions
      ADD COLUMN user_agent VARCHAR(400) NOT NULL DEFAULT '' COMMENT 'what the browser said of itself when it signed in',
      ADD COLUMN address VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'where it was last seen',
      ADD COLUMN replica VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '' COMMENT 'that last saw it',
      ADD COLUMN seen_at DATETIME(3) NULL COMMENT 'some minutes late'`)
}

export async function down(knex: Knex) {
  await knex.raw(
    'ALTER TABLE sessions DROP COLUMN user_agent, DROP COLUMN address, DROP COLUMN replica, DROP COLUMN seen_at',
  )
}
