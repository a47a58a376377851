import { expect } from 'chai'
import { insertProducts } from '../../app/products/store.js'
import { type Answer, product, unique } from '../person.js'
import { databases, withStore } from '../system.js'
import { idIn, seller } from './actors.js'
import type { Attempt, Write } from './write.js'

/** What is done with one product, or with units of it. */
export const productWrites: Write[] = [
  { name: 'adding a product', path: '/products', database: 'products', prepare: seller, isDone: isAddedOnce },
  { name: 'adding products together', path: '/products', database: 'products', prepare: sellers, isDone: areAddedOnce },
  {
    name: 'adding a product again',
    path: '/products',
    database: 'products',
    prepare: sellerAgain,
    repeated: true,
    isDone: isAddedOnce,
  },
  { name: 'changing a product', path: '/products/:id', database: 'products', prepare: editor, isDone: isChangedOnce },
  { name: 'moving units', path: '/products/:id/movements', database: 'products', prepare: keeper, isDone: isMovedOnce },
  {
    name: 'undoing a movement',
    path: '/movements/:id/undo',
    database: 'products',
    prepare: undoer,
    isDone: isUndoneOnce,
  },
  {
    name: 'archiving a product',
    path: '/products/:id/archive',
    database: 'products',
    prepare: archivist,
    isDone: isArchivedOnce,
  },
  {
    name: 'restoring a product',
    path: '/products/:id/restore',
    database: 'products',
    prepare: restorer,
    isDone: isRestoredOnce,
  },
  {
    name: 'deleting a product',
    path: '/products/:id/delete',
    database: 'products',
    prepare: remover,
    isDone: isDeleted,
  },
]

async function sellers(address: string): Promise<Attempt> {
  const beside = Array.from({ length: 2 }, () => ({ fields: product(), key: unique() }))
  return { ...(await seller(address)), beside }
}

async function sellerAgain(address: string): Promise<Attempt> {
  const attempt = await seller(address)
  await attempt.person.post('/products', attempt.fields, { 'idempotency-key': attempt.key })
  return attempt
}

async function editor(address: string): Promise<Attempt> {
  const { id, fields, ...attempt } = await owner(address)
  return { ...attempt, path: `/products/${id}`, fields: { ...fields, category: 'Wires', version: '1' } }
}

async function keeper(address: string): Promise<Attempt> {
  const { id, ...attempt } = await owner(address)
  return { ...attempt, path: `/products/${id}/movements`, fields: { kind: 'out', units: '2' } }
}

async function undoer(address: string): Promise<Attempt> {
  const { id, ...attempt } = await owner(address)
  await databases.products('products').where({ id }).update({ units: 6 })
  const movement = await databases.products('movements').where({ product_id: id }).first('id')
  return { ...attempt, path: `/movements/${movement.id}/undo`, fields: {} }
}

async function archivist(address: string): Promise<Attempt> {
  const { id, ...attempt } = await owner(address)
  return { ...attempt, path: `/products/${id}/archive`, fields: {} }
}

async function restorer(address: string): Promise<Attempt> {
  const { id, ...attempt } = await owner(address)
  await databases.products('products').where({ id }).update({ archived: 1 })
  return { ...attempt, path: `/products/${id}/restore`, fields: {} }
}

/** Of a product with a movement. */
async function remover(address: string): Promise<Attempt> {
  const { id, ...attempt } = await owner(address)
  await databases.products('products').where({ id }).update({ units: 6, archived: 1 })
  return { ...attempt, path: `/products/${id}/delete`, fields: {} }
}

/** Somebody, and a product with five units. */
export async function owner(address: string): Promise<Attempt & { id: number }> {
  const attempt = await seller(address)
  const { units, ...texts } = attempt.fields as ReturnType<typeof product>
  const row = insertProducts([{ draft: { ...texts, units: Number(units) }, createdBy: 1 }])
  const inserted = await withStore('products', (connection) => connection.transact(row))
  return { ...attempt, id: inserted[0]?.insertId as number }
}

/** One product, and the answer leads to it. */
async function isAddedOnce({ person, fields }: Attempt, { location }: Answer) {
  const ids = await databases.products('products').where({ code: fields.code }).pluck('id')
  expect(ids.map((id) => `/products/${id}?added`)).to.deep.equal([location])
  expect((await person.get(location as string)).$('.facts code').text()).to.equal(fields.code)
  await expectAudit(ids[0], 'productAdded')
}

async function areAddedOnce(attempt: Attempt, answer: Answer) {
  await isAddedOnce(attempt, answer)
  for (const { fields } of attempt.beside ?? []) {
    expect(await databases.products('products').where({ code: fields.code })).to.have.length(1)
  }
}

/** The product and its history have the change once. */
async function isChangedOnce({ path }: Attempt, { location }: Answer) {
  expect(location).to.equal(`${path}?saved`)
  const id = idIn(path)
  expect(await databases.products('products').where({ id }).first()).to.include({ category: 'Wires', version: 2 })
  const changes = await databases.products('product_changes').where({ product_id: id }).pluck('version')
  expect(changes, 'changes').to.deep.equal([2])
  await expectAudit(id, 'productChanged')
}

async function isArchivedOnce({ path }: Attempt, { location }: Answer) {
  await isPutOnce(idIn(path), 1, `${location}`)
}

async function isRestoredOnce({ path }: Attempt, { location }: Answer) {
  await isPutOnce(idIn(path), 0, `${location}`)
}

async function isPutOnce(id: number, archived: 0 | 1, location: string) {
  expect(location).to.equal(`/products/${id}?put=${archived ? 'away' : 'back'}`)
  expect(await databases.products('products').where({ id }).first()).to.include({ archived, version: 2 })
  const changes = await databases.products('product_changes').where({ product_id: id }).pluck('version')
  expect(changes, 'changes').to.deep.equal([2])
  await expectAudit(id, archived ? 'productArchived' : 'productRestored')
}

async function isDeleted({ path }: Attempt, { location }: Answer) {
  expect(location).to.equal('/products?archived=1&deleted')
  const id = idIn(path)
  expect(await databases.products('products').where({ id }), 'products').to.deep.equal([])
  expect(await databases.products('movements').where({ product_id: id }), 'movements').to.deep.equal([])
  await expectAudit(id, 'productDeleted')
}

async function isMovedOnce({ path }: Attempt, { location }: Answer) {
  expect(location).to.equal(`${path}?moved=1`)
  await expectBalances(idIn(path), [3])
  await expectAudit(idIn(path), 'moved')
}

async function isUndoneOnce({ path }: Attempt, { location }: Answer) {
  expect(location).to.match(/^\/products\/\d+\/movements\?moved=2$/)
  const movement = await databases
    .products('movements')
    .where({ id: idIn(path) })
    .first('product_id')
  await expectBalances(movement.product_id, [6, 5])
  await expectAudit(movement.product_id, 'movementUndone')
}

/** What was done with the product, once. */
async function expectAudit(id: number, action: string) {
  const acts = await databases.products('audit').where({ subject_kind: 'product', subject_id: id }).pluck('action')
  expect(acts, 'audit').to.deep.equal([action])
}

/** What the movements of a product left, and that it has what the last one did. */
async function expectBalances(id: number, balances: number[]) {
  const entries = await databases.products('movements').where({ product_id: id }).orderBy('number').pluck('balance')
  expect(entries, 'balances').to.deep.equal(balances)
  const row = await databases.products('products').where({ id }).first('units', 'movements')
  expect(row).to.deep.equal({ units: balances.at(-1), movements: balances.length })
}
