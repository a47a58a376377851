import type { Knex } from 'knex'
import { isDuplicate } from '../database/transient.js'
import { Taken } from '../errors.js'
import type { Product, ProductDraft } from './product.js'
import { fold, searchTextOf } from './search.js'

/** @throws {Taken} when another product has the code, whatever its case */
export async function insertProduct(knex: Knex, draft: ProductDraft, createdBy: number): Promise<number> {
  try {
    const [id] = await knex('products').insert({
      ...rowOf(draft),
      created_by: createdBy,
      created_at: knex.raw('UTC_TIMESTAMP(3)'),
    })
    return id as number
  } catch (error) {
    if (!isDuplicate(error, 'products_code_unique')) throw error
    throw new Taken('code', await knex('products').where({ code: draft.code }).first('id', 'name'))
  }
}

export async function findProduct(knex: Knex, id: number): Promise<Product | undefined> {
  const row = await knex('products').where({ id }).first(columns)
  return row && asProduct(row)
}

/**
 * The newest first. `words` must all appear, each in the name, the code or the description, whatever the case and the
 * accents. `counted` says how many there are, up to `count`, where it stops looking; it is 0 beyond the last.
 */
export async function findProducts(
  knex: Knex,
  words: string[],
  { limit, offset, count }: { limit: number; offset: number; count: number },
): Promise<{ products: Product[]; counted: number }> {
  // Matches are counted while searching; all products are counted faster from an index.
  const isSearch = words.length > 0
  const counted = isSearch
    ? knex.raw('COUNT(*) OVER () AS counted')
    : knex.raw('(SELECT COUNT(*) FROM (SELECT 1 FROM products LIMIT ?) AS first) AS counted', [count])
  const newest = matching(knex, words)
    .orderBy('id', 'desc')
    .limit(isSearch ? count : offset + limit)
    .select('id')
    .as('newest')
  const page = knex.select('id', counted).from(newest).orderBy('id', 'desc').limit(limit).offset(offset).as('page')
  const rows = await knex('products')
    .join(page, 'page.id', 'products.id')
    .orderBy('products.id', 'desc')
    .select([...columns.map((column) => `products.${column}`), 'counted'])
  return { products: rows.map(asProduct), counted: rows[0]?.counted ?? 0 }
}

export async function countProducts(knex: Knex, words: string[]): Promise<number> {
  const [row] = await matching(knex, words).count({ number: '*' })
  return Number(row?.number)
}

/** The categories in use, by name; at most 500, which is more than anybody chooses from. */
export async function findCategories(knex: Knex): Promise<string[]> {
  return knex('products').distinct().orderBy('category').limit(500).pluck('category')
}

/**
 * Makes the search text of some products that have none, because a replica of an older version added them.
 * @returns how many there were
 */
export async function repairSearchText(knex: Knex, most: number): Promise<number> {
  const rows = await knex('products').whereNull('search_text').limit(most).select('id', 'name', 'code', 'description')
  for (const row of rows) {
    await knex('products')
      .where({ id: row.id })
      .whereNull('search_text')
      .update({ search_text: searchTextOf(row) })
  }
  return rows.length
}

const columns = ['id', 'name', 'code', 'description', 'units', 'category', 'created_at']

type Row = Omit<Product, 'createdAt'> & { created_at: Date }

function asProduct({ id, name, code, description, units, category, created_at: createdAt }: Row): Product {
  return { id, name, code, description, units, category, createdAt }
}

function matching(knex: Knex, words: string[]): Knex.QueryBuilder {
  const products = knex('products') as Knex.QueryBuilder
  return words.reduce((query, word) => query.whereRaw('INSTR(search_text, ?) > 0', [fold(word)]), products)
}

/** The row of a product, as far as a person describes it. */
function rowOf(draft: ProductDraft) {
  return { ...draft, search_text: searchTextOf(draft) }
}
