import { randomBytes } from 'node:crypto'
import pLimit from 'p-limit'
import { searchTextOf } from '../../../app/products/search/text.js'
import { send } from '../../client/step.js'
import type { Say } from '../../progress.js'
import { query } from '../../query.js'
import { sampleForm, sampleProduct } from '../../sample-products.js'
import type { LocalStack } from '../local-stack.js'
import type { Person } from './people.js'

/** Rows a statement: large enough to be quick, small enough that nobody waits for it. */
const batch = 1_000

const columns = 'name, code, description, units, category, search_text, created_by, created_at'

/** Adds products straight to the database, where a hundred thousand take seconds. */
export async function fillDatabase({ users, products }: LocalStack, { account }: Person, number: number, say: Say) {
  const [owner] = await query(users, 'SELECT id FROM users WHERE email_key = ?', [account.email])
  const run = randomBytes(4).toString('hex')
  for (let done = 0; done < number; ) {
    const rows = Array.from({ length: Math.min(batch, number - done) }, (_, index) => {
      const product = sampleProduct(done + index, `${run}-${done + index}`)
      const { name, code, description, units, category } = product
      return [name, code, description, units, category, searchTextOf(product), owner?.[0], new Date()]
    })
    await query(products, `INSERT INTO products (${columns}) VALUES ?`, [rows])
    done += rows.length
    say('filling the catalogue', done, number)
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
