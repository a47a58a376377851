import type { Knex } from 'knex'
import { fillSearchText } from '../fill-search-text.js'

/** Makes the search text with the category; the line break at its beginning tells it from those without. */
export async function up(knex: Knex) {
  await fillSearchText(knex, "search_text IS NULL OR search_text >= X'0B'", (row) => {
    return ['', row.name, row.code, row.description, row.category]
  })
}

export async function down() {}
