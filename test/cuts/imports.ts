import { expect } from 'chai'
import type { Answer } from '../person.js'
import { databases } from '../system.js'
import { idIn, idOfUser, seller } from './actors.js'
import { owner } from './products.js'
import type { Attempt, Write } from './write.js'

/** What is done with many products at once. */
export const importWrites: Write[] = [
  { name: 'uploading a file', path: '/imports', database: 'products', prepare: uploader, isDone: isStoredOnce },
  {
    name: 'applying an import',
    path: '/imports/:id/apply',
    database: 'products',
    prepare: importer,
    isDone: isAskedFor,
  },
  { name: 'changing many products', path: '/products/bulk', database: 'products', prepare: sorter, isDone: isActOnce },
]

const file = 'name,code\nCable,C'

async function uploader(address: string): Promise<Attempt> {
  const attempt = await seller(address)
  return { ...attempt, fields: { idempotencyKey: attempt.key }, file }
}

/** Somebody with a file that was read, of which no row is left, so that the job has nothing to do but to say so. */
async function importer(address: string): Promise<Attempt> {
  const attempt = await seller(address)
  const [id] = await databases.products('imports').insert({
    ...{ file_name: 'a.csv', size: 1, created_by: 1, created_at: new Date(), changed_by: 1, changed_at: new Date() },
    ...{ state: 'ready', comparison: 1, header: '["name","code"]', delimiter: ',', encoding: 'utf-8', added: 1 },
  })
  return { ...attempt, path: `/imports/${id}/apply`, fields: { comparison: '1' } }
}

async function sorter(address: string): Promise<Attempt> {
  const { id, ...attempt } = await owner(address)
  return { ...attempt, fields: { act: 'category', to: 'Wires', id: `${id}` } }
}

/** One import, with the bytes of the file. */
async function isStoredOnce({ principal }: Attempt, { location }: Answer) {
  const rows = await databases.products('imports').where({ created_by: idOfUser({ principal }) })
  expect(rows.map(({ id }) => `/imports/${id}`)).to.deep.equal([location])
  const chunks = await databases.products('import_chunks').where({ import_id: rows[0].id }).pluck('bytes')
  expect(String(Buffer.concat(chunks))).to.equal(file)
}

/** One act, which a job does then. */
async function isActOnce({ principal, fields }: Attempt, { location }: Answer) {
  const rows = await databases.products('imports').where({ created_by: idOfUser({ principal }) })
  expect(rows.map(({ id }) => `/imports/${id}`)).to.deep.equal([location])
  expect(JSON.parse(rows[0].act)).to.deep.equal({ kind: 'category', category: 'Wires', ids: [Number(fields.id)] })
}

/** It was asked for; a job applies it then, or has: test/stack/imports.test.ts. */
async function isAskedFor({ path, principal }: Attempt, { location }: Answer) {
  expect(location).to.equal(path?.replace('/apply', ''))
  const it = await databases
    .products('imports')
    .where({ id: idIn(path) })
    .first()
  expect(it.state).to.be.oneOf(['applying', 'applied'])
  expect(`user ${it.changed_by}`).to.equal(principal)
}
