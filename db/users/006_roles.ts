import type { Knex } from 'knex'

/**
 * What people may do is said by their role. Who was there before is an editor, and so is whom an older version registers.
 * The first three are there from the start, and known to the code by `built_in`; the administrator's permissions are all that there are.
 */
export async function up(knex: Knex) {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS roles (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
      built_in VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
      name VARCHAR(100) NOT NULL,
      permissions VARCHAR(1000) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'names, with a space between',
      version INT UNSIGNED NOT NULL DEFAULT 1,
      PRIMARY KEY (id),
      UNIQUE KEY roles_built_in_unique (built_in),
      UNIQUE KEY roles_name_unique (name)
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`)
  await knex.raw(`
    INSERT IGNORE INTO roles (id, built_in, name, permissions) VALUES
      (1, 'administrator', 'administrator', ''),
      (2, 'editor', 'editor', 'products.read products.write products.delete stock.move imports.run'),
      (3, 'viewer', 'viewer', 'products.read')`)
  if (!(await knex.schema.hasColumn('users', 'role_id'))) {
    await knex.raw(`
      ALTER TABLE users
        ADD COLUMN role_id BIGINT UNSIGNED NOT NULL DEFAULT 2,
        ADD COLUMN disabled_at DATETIME(3) NULL COMMENT 'since when the person may not sign in',
        ADD COLUMN locale CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'that they chose for their account',
        ADD CONSTRAINT users_role FOREIGN KEY (role_id) REFERENCES roles (id)`)
  }
}

export async function down(knex: Knex) {
  await knex.raw('ALTER TABLE users DROP FOREIGN KEY users_role')
  await knex.raw('ALTER TABLE users DROP COLUMN role_id, DROP COLUMN disabled_at, DROP COLUMN locale')
  await knex.raw('DROP TABLE IF EXISTS roles')
}
