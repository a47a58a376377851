import type { Knex } from 'knex'

/**
 * What was done with products, and by which request: see app/products/audit.ts. It outlives what it tells of. The replicas'
 * account may add rows and nothing else, because it may not drop the triggers.
 */
export async function up(knex: Knex) {
  await knex.raw(`
    CREATE TABLE IF NOT EXISTS audit (
      id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
      at DATETIME(3) NOT NULL,
      action VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      actor_id BIGINT UNSIGNED NULL,
      actor VARCHAR(254) NOT NULL COMMENT 'the address of the account, then',
      subject_kind VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'product, category or import',
      subject_id BIGINT UNSIGNED NULL,
      subject VARCHAR(254) NOT NULL COMMENT 'its name, then',
      changes TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT 'JSON: from what to what, by field',
      address VARCHAR(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      replica VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      request_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      PRIMARY KEY (id),
      KEY audit_at (at),
      KEY audit_actor (actor_id, id),
      KEY audit_subject (subject_kind, subject_id, id),
      KEY audit_action (action, id),
      KEY audit_request (request_id)
    ) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci`)
  for (const event of ['UPDATE', 'DELETE']) {
    await knex.raw(`
      CREATE TRIGGER IF NOT EXISTS audit_${event.toLowerCase()} BEFORE ${event} ON audit FOR EACH ROW
      SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the audit is only ever added to'`)
  }
}

export async function down(knex: Knex) {
  await knex.raw('DROP TABLE IF EXISTS audit')
}
