import type { Knex } from 'knex'

/** Links with which people make an account, each once. The table has no link in it. */
export async function up(knex: Knex) {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS invitations (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
      token_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of what is in the link',
      role_id BIGINT UNSIGNED NOT NULL COMMENT 'that it gives',
      created_by BIGINT UNSIGNED NOT NULL,
      created_at DATETIME(3) NOT NULL,
      expires_at DATETIME(3) NOT NULL,
      used_at DATETIME(3) NULL,
      used_by BIGINT UNSIGNED NULL COMMENT 'whose account was made with it',
      PRIMARY KEY (id),
      UNIQUE KEY invitations_token_hash_unique (token_hash),
      KEY invitations_expires_at (expires_at),
      CONSTRAINT invitations_role FOREIGN KEY (role_id) REFERENCES roles (id) ON DELETE CASCADE,
      CONSTRAINT invitations_maker FOREIGN KEY (created_by) REFERENCES users (id) ON DELETE CASCADE
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`)
}

export async function down(knex: Knex) {
  await knex.raw('DROP TABLE IF EXISTS invitations')
}
