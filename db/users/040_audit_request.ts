import type { Knex } from 'knex'

/** Finds what a request did, and what was done by whoever had an address. */
export async function up(knex: Knex) {
  for (const [name, columns] of [
    ['audit_request', 'request_id'],
    ['audit_actor_name', 'actor, id'],
  ] as const) {
    const [found] = await knex.raw('SHOW INDEX FROM audit WHERE Key_name = ?', [name])
    if (found.length === 0) await knex.raw(`CREATE INDEX ${name} ON audit (${columns})`)
  }
}

export async function down(knex: Knex) {
  await knex.raw('DROP INDEX audit_request ON audit')
  await knex.raw('DROP INDEX audit_actor_name ON audit')
}
