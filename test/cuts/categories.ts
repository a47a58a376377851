import { expect } from 'chai'
import { insertCategory } from '../../app/products/categories/store.js'
import { type Answer, unique } from '../person.js'
import { databases, withStore } from '../system.js'
import { idOfUser, seller } from './actors.js'
import type { Attempt, Write } from './write.js'

/** What is done with categories. */
export const categoryWrites: Write[] = [
  { name: 'adding a category', path: '/categories', database: 'products', prepare: namer, isDone: isThereOnce },
  {
    name: 'renaming a category',
    path: '/categories/rename',
    database: 'products',
    prepare: renamer,
    isDone: isRenameOnce,
  },
  { name: 'deleting a category', path: '/categories/delete', database: 'products', prepare: emptier, isDone: isGone },
]

async function namer(address: string): Promise<Attempt> {
  return { ...(await seller(address)), fields: { category: `Named ${unique()}` } }
}

async function renamer(address: string): Promise<Attempt> {
  const attempt = await emptier(address)
  return { ...attempt, fields: { ...attempt.fields, to: `Renamed ${unique()}` } }
}

/** Of a category without products. */
async function emptier(address: string): Promise<Attempt> {
  const attempt = await namer(address)
  await withStore('products', (connection) => insertCategory(connection, attempt.fields.category as string))
  return attempt
}

async function isThereOnce({ fields }: Attempt, { location }: Answer) {
  expect(location).to.equal('/categories?added')
  const rows = await databases.products('product_counts').where({ kind: 'category', value: fields.category })
  expect(rows.map(({ listed, archived }) => [listed, archived])).to.deep.equal([[0, 0]])
}

async function isGone({ fields }: Attempt, { location }: Answer) {
  expect(location).to.equal('/categories?deleted')
  expect(await databases.products('product_counts').where({ value: fields.category })).to.deep.equal([])
}

async function isRenameOnce({ principal, fields }: Attempt, { location }: Answer) {
  const rows = await databases.products('imports').where({ created_by: idOfUser({ principal }) })
  expect(rows.map(({ id }) => `/imports/${id}`)).to.deep.equal([location])
  expect(JSON.parse(rows[0].act)).to.deep.equal({
    ...{ kind: 'rename', from: fields.category, category: fields.to, merge: false },
  })
}
