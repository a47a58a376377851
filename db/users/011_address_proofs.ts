import type { Knex } from 'knex'

/** Addresses that somebody says are theirs, until they open the link that was sent there. The table has no link in it. */
export async function up(knex: Knex) {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS address_proofs (
      token_hash BINARY(32) NOT NULL COMMENT 'SHA-256 of what is in the link',
      email VARCHAR(254) NOT NULL,
      email_key VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
      first_name VARCHAR(100) NOT NULL,
      last_name VARCHAR(100) NOT NULL,
      invitation_hash BINARY(32) NULL,
      user_id BIGINT UNSIGNED NULL COMMENT 'whose address it is to be; none: of a new account',
      password_mark BINARY(32) NULL COMMENT 'of the password by which they asked for it',
      created_at DATETIME(3) NOT NULL,
      expires_at DATETIME(3) NOT NULL,
      used_at DATETIME(3) NULL,
      PRIMARY KEY (token_hash),
      KEY address_proofs_email_key (email_key, created_at),
      KEY address_proofs_expires_at (expires_at),
      CONSTRAINT address_proofs_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`)
}

export async function down(knex: Knex) {
  await knex.raw('DROP TABLE IF EXISTS address_proofs')
}
