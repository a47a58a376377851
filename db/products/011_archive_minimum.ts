import type { Knex } from 'knex'

/**
 * A product may be archived, and may have a minimum, below which its units are low. The catalogue's state has how many are
 * archived and how many of the others are low, kept in the slots of 006_catalogue_state.ts; the triggers there have locked the one
 * that these change, because all see the time at which their statement began. An older version knows neither, and leaves both as they are.
 */
export async function up(knex: Knex) {
  await addColumn(knex, 'products', 'minimum', 'INT UNSIGNED')
  await addColumn(knex, 'products', 'archived', 'TINYINT') // signed, because the triggers take it from a slot that may be below 0
  await addColumn(knex, 'catalogue_state', 'archived', 'BIGINT')
  await addColumn(knex, 'catalogue_state', 'low', 'BIGINT')
  await knex.raw(`
    CREATE TRIGGER IF NOT EXISTS products_insert_counts AFTER INSERT ON products FOR EACH ROW FOLLOWS products_insert
    IF NEW.archived OR ${isLow('NEW')} THEN
      UPDATE catalogue_state SET archived = archived + ${isArchived('NEW')}, low = low + (${isLow('NEW')}) WHERE ${slot};
    END IF`)
  await knex.raw(`
    CREATE TRIGGER IF NOT EXISTS products_update_counts AFTER UPDATE ON products FOR EACH ROW FOLLOWS products_update
    IF NEW.archived <> OLD.archived OR (${isLow('NEW')}) <> (${isLow('OLD')}) THEN
      UPDATE catalogue_state
      SET archived = archived + ${isArchived('NEW')} - ${isArchived('OLD')}, low = low + (${isLow('NEW')}) - (${isLow('OLD')})
      WHERE ${slot};
    END IF`)
  await knex.raw(`
    CREATE TRIGGER IF NOT EXISTS products_delete_counts AFTER DELETE ON products FOR EACH ROW FOLLOWS products_delete
    IF OLD.archived OR ${isLow('OLD')} THEN
      UPDATE catalogue_state SET archived = archived - ${isArchived('OLD')}, low = low - (${isLow('OLD')}) WHERE ${slot};
    END IF`)
}

export async function down(knex: Knex) {
  for (const event of ['insert', 'update', 'delete']) await knex.raw(`DROP TRIGGER IF EXISTS products_${event}_counts`)
  await knex.raw('ALTER TABLE catalogue_state DROP COLUMN archived, DROP COLUMN low')
  await knex.raw('ALTER TABLE products DROP COLUMN minimum, DROP COLUMN archived')
}

const slot = 'slot = (CONNECTION_ID() + UNIX_TIMESTAMP()) MOD 16'

/** A signed number: of a slot there may be less than none. */
function isArchived(row: 'NEW' | 'OLD'): string {
  return `IF(${row}.archived, 1, 0)`
}

function isLow(row: 'NEW' | 'OLD'): string {
  return `NOT ${row}.archived AND ${row}.units < ${row}.minimum`
}

async function addColumn(knex: Knex, table: string, column: string, type: string) {
  if (await knex.schema.hasColumn(table, column)) return
  await knex.raw(`ALTER TABLE ${table} ADD COLUMN ${column} ${type} NOT NULL DEFAULT 0`)
}
