import type { Knex } from 'knex'

/** Links that let somebody choose a new password, and mails that are to be sent. Neither table has a link in it. */
export async function up(knex: Knex) {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS password_resets (
      token_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of what is in the link',
      user_id BIGINT UNSIGNED NOT NULL,
      created_at DATETIME(3) NOT NULL,
      expires_at DATETIME(3) NOT NULL,
      used_at DATETIME(3) NULL,
      PRIMARY KEY (token_hash),
      KEY password_resets_user_id (user_id, created_at),
      KEY password_resets_expires_at (expires_at),
      CONSTRAINT password_resets_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`)
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS mails (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
      kind VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      recipient VARCHAR(254) NOT NULL,
      locale CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      seed VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'of the link, which needs the secret, too',
      due_at DATETIME(3) NOT NULL COMMENT 'when it is tried next',
      expires_at DATETIME(3) NOT NULL COMMENT 'when it is of no use any more',
      PRIMARY KEY (id),
      KEY mails_due_at (due_at)
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`)
}

export async function down(knex: Knex) {
  await knex.raw('DROP TABLE IF EXISTS mails')
  await knex.raw('DROP TABLE IF EXISTS password_resets')
}
