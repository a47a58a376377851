import type { Knex } from 'knex'

/** Rows a statement: small enough that no write waits long for it. */
const batch = 500

/** Makes the search text with the category, before which a line break stands; killed, it goes on where it was. */
export async function up(knex: Knex) {
  for (let found = batch; found === batch; ) {
    const rows = await knex('products')
      .whereRaw("search_text IS NULL OR search_text >= X'0B'")
      .limit(batch)
      .select('id', 'name', 'code', 'description', 'category')
    found = rows.length
    if (found === 0) return
    const cases = rows.map((row) => knex.raw('WHEN ? THEN ?', [row.id, searchTextOf(row)]))
    await knex('products')
      .whereIn(
        'id',
        rows.map(({ id }) => id),
      )
      .update({ search_text: knex.raw(`CASE id ${cases.map(() => '?').join(' ')} END`, cases) })
  }
}

export async function down() {}

/** As the product folded text when this was written; a migration does not change with the product. */
function searchTextOf(product: { name: string; code: string; description: string; category: string }): Buffer {
  const text = ['', product.name, product.code, product.description, product.category].join('\n')
  return Buffer.from(text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase())
}
