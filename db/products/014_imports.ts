import type { Knex } from 'knex'

/**
 * Files of products that people import: the file itself in pieces, since any replica may have to read it, and what each of
 * its rows would change. A row has what its product had and what it gets, so that applying and undoing it are the
 * same statements. What an older version knows of them is nothing.
 */
export async function up(knex: Knex) {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS imports (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
      file_name VARCHAR(200) NOT NULL,
      size INT UNSIGNED NOT NULL COMMENT 'bytes',
      created_by BIGINT UNSIGNED NOT NULL COMMENT 'users.id in the other database',
      created_at DATETIME(3) NOT NULL,
      state VARCHAR(8) CHARACTER SET ascii NOT NULL COMMENT 'reading, ready, applying, applied, undoing, undone or failed',
      changed_by BIGINT UNSIGNED NOT NULL COMMENT 'who asked for this state',
      changed_at DATETIME(3) NOT NULL,
      comparison INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'how often it was compared with the products',
      encoding VARCHAR(12) CHARACTER SET ascii NOT NULL DEFAULT '',
      delimiter VARCHAR(1) NOT NULL DEFAULT '',
      header TEXT NULL COMMENT 'JSON: the cells of its first row',
      problem TEXT NULL COMMENT 'JSON: what is wrong with all of it',
      refused TEXT NULL COMMENT 'JSON: how many rows stood in the way of the last change, and the first of them',
      added INT UNSIGNED NOT NULL DEFAULT 0,
      changed INT UNSIGNED NOT NULL DEFAULT 0,
      same INT UNSIGNED NOT NULL DEFAULT 0,
      wrong INT UNSIGNED NOT NULL DEFAULT 0,
      progress TINYINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'percent',
      replica VARCHAR(64) NOT NULL DEFAULT '' COMMENT 'that works on it, or did last',
      taken_from VARCHAR(64) NOT NULL DEFAULT '' COMMENT 'a replica that began this and did not end it',
      attempts INT UNSIGNED NOT NULL DEFAULT 0,
      PRIMARY KEY (id),
      KEY imports_state (state)
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`)
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS import_chunks (
      import_id BIGINT UNSIGNED NOT NULL,
      number INT UNSIGNED NOT NULL,
      bytes MEDIUMBLOB NOT NULL,
      PRIMARY KEY (import_id, number)
    ) ENGINE=InnoDB`)
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS import_rows (
      import_id BIGINT UNSIGNED NOT NULL,
      number INT UNSIGNED NOT NULL COMMENT 'of the row, as a spreadsheet counts: the header is 1',
      verdict VARCHAR(7) CHARACTER SET ascii NOT NULL COMMENT 'new, changed, same or wrong',
      code VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NULL,
      product_id BIGINT UNSIGNED NULL,
      version INT UNSIGNED NULL COMMENT 'of the product that it was compared with',
      name VARCHAR(100) NULL,
      description VARCHAR(2000) NULL,
      category VARCHAR(60) NULL,
      units INT UNSIGNED NULL,
      minimum INT UNSIGNED NULL,
      search_text MEDIUMBLOB NULL,
      changes MEDIUMTEXT NULL COMMENT 'JSON, as in product_changes',
      was_name VARCHAR(100) NULL,
      was_description VARCHAR(2000) NULL,
      was_category VARCHAR(60) NULL,
      was_units INT UNSIGNED NULL,
      was_minimum INT UNSIGNED NULL,
      was_search_text MEDIUMBLOB NULL,
      was_changes MEDIUMTEXT NULL COMMENT 'changes the other way',
      problems MEDIUMTEXT NULL COMMENT 'JSON',
      cells MEDIUMTEXT NULL COMMENT 'JSON: as they came, of a row that is wrong',
      PRIMARY KEY (import_id, number),
      KEY import_rows_verdict (import_id, verdict, number)
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`)
}

export async function down(knex: Knex) {
  await knex.raw('DROP TABLE IF EXISTS import_rows, import_chunks, imports')
}
