import type { Knex } from 'knex'
import { isDuplicate } from '../databases.js'
import { Taken } from '../errors.js'
import type { Product, ProductDraft } from './product.js'

/** @throws {Taken} when another product has the code, whatever its case */
export async function insertProduct(database: Knex, draft: ProductDraft, createdBy: number): Promise<number> {
  try {
    const [id] = await database('products').insert({
      ...draft,
      created_by: createdBy,
      created_at: database.raw('UTC_TIMESTAMP(3)'),
    })
    return id as number
  } catch (error) {
    if (!isDuplicate(error, 'products_code_unique')) throw error
    const { id } = await database('products').where({ code: draft.code }).first('id')
    throw new Taken('code', id)
  }
}

export async function findProduct(database: Knex, id: number): Promise<Product | undefined> {
  const row = await database('products').where({ id }).first(columns)
  return row && asProduct(row)
}

/** The newest first. `words` must all appear, each in the name, the code or the description. */
export async function findProducts(
  database: Knex,
  words: string[],
  { limit, offset }: { limit: number; offset: number },
): Promise<Product[]> {
  const rows = await matching(database, words).orderBy('id', 'desc').limit(limit).offset(offset).select(columns)
  return rows.map(asProduct)
}

export async function countProducts(database: Knex, words: string[]): Promise<number> {
  const [row] = await matching(database, words).count({ number: '*' })
  return Number(row?.number)
}

/** The categories in use, by name; at most 500, which is more than a list to choose from can bear. */
export async function findCategories(database: Knex): Promise<string[]> {
  return database('products').distinct().orderBy('category').limit(500).pluck('category')
}

const columns = ['id', 'name', 'code', 'description', 'units', 'category', 'created_at']

function asProduct({ created_at: createdAt, ...row }: Omit<Product, 'createdAt'> & { created_at: Date }): Product {
  return { ...row, createdAt }
}

/** By the columns' collations, so whatever the case and the accents. */
function matching(database: Knex, words: string[]): Knex.QueryBuilder {
  return words.reduce((query, word) => {
    const pattern = `%${word.replace(/[\\%_]/g, '\\$&')}%`
    return query.where((either) => {
      for (const column of ['name', 'code', 'description']) either.orWhere(column, 'like', pattern)
    })
  }, database('products') as Knex.QueryBuilder)
}
