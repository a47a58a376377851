import type { Knex } from 'knex'

/** Finds what was done by whoever had an address. */
export async function up(knex: Knex) {
  const [found] = await knex.raw("SHOW INDEX FROM audit WHERE Key_name = 'audit_actor_name'")
  if (found.length === 0) await knex.raw('CREATE INDEX audit_actor_name ON audit (actor, id)')
}

export async function down(knex: Knex) {
  await knex.raw('DROP INDEX audit_actor_name ON audit')
}
