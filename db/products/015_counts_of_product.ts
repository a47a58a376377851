import type { Knex } from 'knex'

const index = 'movements_of_kind'

/** Finds the counts of a product: what was counted after a movement stands in the way of its undo. */
export async function up(knex: Knex) {
  const [[found]] = await knex.raw('SHOW INDEX FROM movements WHERE Key_name = ?', [index])
  if (!found) await knex.raw(`ALTER TABLE movements ADD INDEX ${index} (product_id, kind, number)`)
}

export async function down(knex: Knex) {
  await knex.raw(`ALTER TABLE movements DROP INDEX ${index}`)
}
