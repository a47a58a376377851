import type { Knex } from 'knex'

/**
 * The key ring: keys that sign, their private parts encrypted by data keys, which a master key wraps that is in no
 * database. See app/users/keys/.
 */
export async function up(knex: Knex) {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS data_keys (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
      master_key VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'the name of the one that wraps it',
      wrapped VARBINARY(1024) NOT NULL,
      created_at DATETIME(3) NOT NULL,
      PRIMARY KEY (id)
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`)
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS signing_keys (
      kid VARCHAR(43) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'RFC 7638: the thumbprint of the public part',
      public_key VARBINARY(256) NOT NULL COMMENT 'DER, SPKI',
      private_key VARBINARY(512) NOT NULL COMMENT 'DER, PKCS #8, encrypted',
      data_key_id BIGINT UNSIGNED NOT NULL,
      created_at DATETIME(3) NOT NULL,
      signs_at DATETIME(3) NOT NULL COMMENT 'published before, so that all who verify have it by then',
      PRIMARY KEY (kid),
      KEY signing_keys_signs_at (signs_at),
      CONSTRAINT signing_keys_data_key FOREIGN KEY (data_key_id) REFERENCES data_keys (id)
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`)
}

export async function down(knex: Knex) {
  await knex.raw('DROP TABLE IF EXISTS signing_keys')
  await knex.raw('DROP TABLE IF EXISTS data_keys')
}
