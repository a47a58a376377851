import type { Knex } from 'knex'

/** Tokens that people make for their programs. The table has no token in it. */
export async function up(knex: Knex) {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS api_tokens (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
      token_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of the token',
      user_id BIGINT UNSIGNED NOT NULL,
      name VARCHAR(60) NOT NULL,
      scopes VARCHAR(400) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'names of permissions, with a space between',
      created_at DATETIME(3) NOT NULL,
      expires_at DATETIME(3) NOT NULL,
      used_at DATETIME(3) NULL COMMENT 'some minutes late',
      PRIMARY KEY (id),
      UNIQUE KEY api_tokens_token_hash_unique (token_hash),
      KEY api_tokens_user_id (user_id),
      KEY api_tokens_expires_at (expires_at),
      CONSTRAINT api_tokens_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`)
}

export async function down(knex: Knex) {
  await knex.raw('DROP TABLE IF EXISTS api_tokens')
}
