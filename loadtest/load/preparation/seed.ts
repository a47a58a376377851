import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { range } from 'd3-array'
import mysql from 'mysql2/promise'
import pLimit from 'p-limit'
import type { DatabaseConfig } from '../../../app/config.js'
import { openDatabase } from '../../../app/database/database.js'
import { Deadline } from '../../../app/database/deadline.js'
import { blockSize } from '../../../app/products/search/blocks.js'
import { indexNext } from '../../../app/products/search/indexing.js'
import { searchTextOf } from '../../../app/products/search/text.js'
import { send } from '../../client/step.js'
import type { Say } from '../../progress.js'
import { query } from '../../query.js'
import { sampleForm, sampleProduct, sampleState } from '../../sample-products.js'
import type { LocalStack } from '../local-stack.js'
import type { Person } from './people.js'

/** Rows a statement: large enough to be quick, small enough that nobody waits for it; statements at once. */
const batch = 1_000
const parallel = 2

const columns = 'name, code, description, units, category, search_text, minimum, archived, created_by, created_at'

/** Adds products of these people straight to the database, and to the index of searches, where a hundred thousand take seconds. */
export async function fillDatabase({ users, products }: LocalStack, people: Person[], number: number, say: Say) {
  const emails = people.map(({ account }) => account.email)
  const owners = await query(users, 'SELECT id FROM users WHERE email_key IN (?) ORDER BY id', [emails])
  const pool = mysql.createPool({ ...products, charset: 'utf8mb4_unicode_520_ci', timezone: 'Z' })
  const [run, gate] = [randomBytes(4).toString('hex'), pLimit(parallel)]
  let done = 0
  const insert = async (first: number) => {
    const rows = Array.from({ length: Math.min(batch, number - first) }, (_, index) =>
      rowOf(
        first + index,
        `${run}-${first + index}`,
        owners.map(([id]) => Number(id)),
      ),
    )
    const places = rows.map((row) => `(${row.map(() => '?')})`).join()
    await pool.execute(`INSERT INTO products (${columns}) VALUES ${places}`, rows.flat())
    done += rows.length
    say('filling the catalogue', done, number)
  }
  const inserting = Promise.all(range(0, number, batch).map((first) => gate(insert, first)))
  try {
    await Promise.all([inserting, indexWhile(inserting, products)])
  } finally {
    gate.clearQueue()
    await pool.end()
  }
}

function rowOf(number: number, code: string, owners: number[]) {
  const product = sampleProduct(number, code)
  const { name, description, units, category } = product
  const { minimum, archived, person } = sampleState(number, owners.length)
  const text = searchTextOf(product)
  return [name, code, description, units, category, text, minimum, archived, owners[person] as number, new Date()]
}

/** Indexes products while they are inserted, and until all are, whoever else indexes some. */
async function indexWhile(inserting: Promise<unknown>, products: DatabaseConfig) {
  const database = openDatabase(products, 1)
  const step = (deadline: Deadline) => database.run(deadline, (connection) => indexNext(connection, blockSize))
  let ended = false
  const noteEnd = () => {
    ended = true
  }
  inserting.then(noteEnd, noteEnd)
  try {
    for (let [last, indexed] = [false, 0 as number | undefined]; !last || indexed !== 0; ) {
      last = ended
      indexed = await Deadline.within(60_000, step)
      if (!indexed) await sleep(50)
    }
  } finally {
    await database.close()
  }
}

/** Adds products as people do, where the database cannot be reached; hundreds a second. */
export async function addThroughApplication(person: Person, number: number, say: Say): Promise<void> {
  const gate = pLimit(8)
  const run = randomBytes(4).toString('hex')
  let done = 0
  const add = async (index: number) => {
    await person.take(send('add product', '/products', sampleForm(index, `${run}-${index}`)))
    say('adding products', ++done, number)
  }
  await Promise.all(Array.from({ length: number }, (_, index) => gate(add, index)))
}
