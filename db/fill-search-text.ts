import type { Knex } from 'knex'

interface Row {
  id: number
  name: string
  code: string
  description: string
  category: string
}

/** Rows a statement: small enough that no write waits long for it. */
const batch = 500

/** Makes the text that searches look through, of the products that meet a condition; killed, it goes on where it was. */
export async function fillSearchText(knex: Knex, condition: string, linesOf: (row: Row) => string[]): Promise<void> {
  for (let found = batch; found === batch; ) {
    const rows: Row[] = await knex('products').whereRaw(condition).limit(batch)
    found = rows.length
    if (found === 0) return
    const cases = rows.map((row) => knex.raw('WHEN ? THEN ?', [row.id, fold(linesOf(row))]))
    const ids = rows.map(({ id }) => id)
    const text = knex.raw(`CASE id ${cases.map(() => '?').join(' ')} END`, cases)
    await knex('products').whereIn('id', ids).update({ search_text: text })
  }
}

/** As the product folded text when this was written; a migration does not change with the product. */
function fold(lines: string[]): Buffer {
  return Buffer.from(lines.join('\n').normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase())
}
