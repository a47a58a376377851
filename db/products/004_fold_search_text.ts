import type { Knex } from 'knex'
import { fillSearchText } from '../fill-search-text.js'

/** Makes the text that searches look through, of the products that have none yet. */
export async function up(knex: Knex) {
  await fillSearchText(knex, 'search_text IS NULL', ({ name, code, description }) => [name, code, description])
}

export async function down() {}
