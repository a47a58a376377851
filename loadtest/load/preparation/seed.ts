import { randomBytes } from 'node:crypto'
import mysql from 'mysql2/promise'
import pLimit from 'p-limit'
import type { DatabaseConfig } from '../../../app/config.js'
import { searchTextOf } from '../../../app/products/search.js'
import { send } from '../../client/step.js'
import type { Say } from '../../progress.js'
import { formOf } from '../journeys.js'
import { sampleProduct } from '../sample-products.js'
import type { Person } from './people.js'

/** Rows a statement: large enough to be quick, small enough that nobody waits for it. */
const batch = 1_000

/**
 * Fills the catalogue up to `wanted` products, straight into the database, where a hundred thousand take seconds.
 * A catalogue that has as many stays as it is.
 */
export async function fillDatabase(
  databases: { users: DatabaseConfig; products: DatabaseConfig },
  person: Person,
  wanted: number,
  say: Say,
): Promise<void> {
  const connection = await mysql.createConnection({
    ...databases.products,
    charset: 'utf8mb4_unicode_520_ci',
    timezone: 'Z',
  })
  try {
    const missing = wanted - (await countProducts(connection))
    const owner = await userIdOf(databases.users, person)
    const run = randomBytes(4).toString('hex')
    for (let done = 0; done < missing; ) {
      const rows = Array.from({ length: Math.min(batch, missing - done) }, (_, index) => {
        const product = sampleProduct(done + index, `${run}-${done + index}`)
        const { name, code, description, units, category } = product
        return [name, code, description, units, category, searchTextOf(product), owner, new Date()]
      })
      await connection.query(
        'INSERT INTO products (name, code, description, units, category, search_text, created_by, created_at) VALUES ?',
        [rows],
      )
      done += rows.length
      say('filling the catalogue', done, missing)
    }
  } finally {
    await connection.end()
  }
}

/** Adds products as people do, where the database cannot be reached; hundreds a second. */
export async function addThroughApplication(person: Person, number: number, say: Say): Promise<void> {
  const gate = pLimit(8)
  const run = randomBytes(4).toString('hex')
  let done = 0
  const add = async (index: number) => {
    await person.take(send('add product', '/products', formOf(index, run)))
    say('adding products', ++done, number)
  }
  await Promise.all(Array.from({ length: number }, (_, index) => gate(add, index)))
}

async function countProducts(connection: mysql.Connection): Promise<number> {
  const [rows] = await connection.query<mysql.RowDataPacket[]>('SELECT COUNT(*) AS number FROM products')
  return Number(rows[0]?.number)
}

async function userIdOf(database: DatabaseConfig, { account }: Person): Promise<number> {
  const connection = await mysql.createConnection(database)
  try {
    const [rows] = await connection.query<mysql.RowDataPacket[]>('SELECT id FROM users WHERE email_key = ?', [
      account.email,
    ])
    return rows[0]?.id
  } finally {
    await connection.end()
  }
}
