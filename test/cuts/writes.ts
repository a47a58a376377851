import { randomBytes } from 'node:crypto'
import bcrypt from 'bcrypt'
import { expect } from 'chai'
import { insertCategory } from '../../app/products/categories/store.js'
import { insertProducts } from '../../app/products/store.js'
import { prehash } from '../../app/users/passwords.js'
import { insertReset } from '../../app/users/reset-store.js'
import { tokenHash, tokenOf } from '../../app/users/reset-tokens.js'
import { builtInRoleIds } from '../../app/users/role.js'
import { insertSession } from '../../app/users/session-store.js'
import { sessionHash } from '../../app/users/sessions.js'
import * as store from '../../app/users/store.js'
import { claimOf } from '../../app/writes/write.js'
import { type Answer, Person, product, registration, unique } from '../person.js'
import { databases, withStore } from '../system.js'

/** A write that is about to be cut: who writes what, with a key of its own. */
export interface Attempt {
  person: Person
  principal: string
  fields: Record<string, string>
  key: string
  /** Where it is sent, if not to the write's path. */
  path?: string
  /** What a form sends as a file; it has no other fields then but its key. */
  file?: string
  /** What the same person sends at the same time. */
  beside?: Pick<Attempt, 'fields' | 'key'>[]
}

/** A kind of write: what prepares one, where it is sent, and what must be there afterwards, once. */
export interface Write {
  name: string
  path: string
  database: 'users' | 'products'
  prepare(address: string): Promise<Attempt>
  /** Whether it was done before, so that it commits nothing. */
  repeated?: boolean
  isDone(attempt: Attempt, answer: Answer): Promise<void>
}

export const writes: Write[] = [
  { name: 'registering', path: '/register', database: 'users', prepare: stranger, isDone: isSignedInOnce },
  { name: 'signing in', path: '/login', database: 'users', prepare: member, isDone: isSignedInOnce },
  { name: 'signing out', path: '/logout', database: 'users', prepare: signedInMember, isDone: isSignedOut },
  {
    name: 'changing one’s name',
    path: '/account/profile',
    database: 'users',
    prepare: ownerOf({ firstName: 'Other', lastName: 'Name', locale: 'en' }),
    isDone: isOnRecord('profileChanged', { first_name: 'Other', locale: 'en' }),
  },
  {
    name: 'changing one’s address',
    path: '/account/email',
    database: 'users',
    prepare: addressee,
    isDone: isAtNewAddress,
  },
  {
    name: 'changing one’s password',
    path: '/account/password',
    database: 'users',
    prepare: ownerOf({ currentPassword: registration().password, newPassword: 'purple monkey dishwasher' }),
    isDone: isOnRecord('passwordChanged', {}),
  },
  { name: 'ending a session', path: '/account/sessions/end', database: 'users', prepare: leaver, isDone: isEndedOnce },
  {
    name: 'ending all other sessions',
    path: '/account/sessions/end-others',
    database: 'users',
    prepare: leaver,
    isDone: areEndedOnce,
  },
  { name: 'deleting one’s account', path: '/account/delete', database: 'users', prepare: quitter, isDone: isQuit },
  { name: 'asking for a link', path: '/forgotten', database: 'users', prepare: forgetter, isDone: isQueuedOnce },
  { name: 'choosing another password', path: '/reset', database: 'users', prepare: chooser, isDone: isReset },
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
  { name: 'uploading a file', path: '/imports', database: 'products', prepare: uploader, isDone: isStoredOnce },
  {
    name: 'applying an import',
    path: '/imports/:id/apply',
    database: 'products',
    prepare: importer,
    isDone: isAskedFor,
  },
  { name: 'changing many products', path: '/products/bulk', database: 'products', prepare: sorter, isDone: isActOnce },
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

/** How often the key of an attempt was claimed and the result stored with it: once, where the write was done. */
export async function countClaims(write: Write, { principal, key, path = write.path }: Attempt): Promise<number> {
  const arrival = { principal, route: `POST ${path}`, key }
  const { id } = claimOf(arrival, {}, '')
  const rows = await databases[write.database]('idempotency_keys').where({ id }).whereNotNull('result')
  return rows.length
}

async function stranger(address: string): Promise<Attempt> {
  const fields = registration()
  return { person: fromElsewhere(address), principal: `stranger ${fields.email}`, fields, key: unique() }
}

/** Somebody of a network of their own: attempts at passwords from one are counted in one row, for which others would wait. */
function fromElsewhere(address: string): Person {
  const network = unique()
  return new Person(address, { 'x-forwarded-for': `2001:db8:${network.slice(0, 4)}:${network.slice(4, 8)}::1` })
}

async function member(address: string): Promise<Attempt> {
  const attempt = await stranger(address)
  await insertMember(attempt.fields)
  return attempt
}

async function signedInMember(address: string): Promise<Attempt> {
  const { person, fields, key } = await stranger(address)
  const id = await enter(person, await insertMember(fields))
  return { person, principal: `session ${id}`, fields, key }
}

/** Somebody signed in, who sends this. */
function ownerOf(sent: Record<string, string>) {
  return async (address: string): Promise<Attempt> => ({ ...(await seller(address)), fields: sent })
}

async function addressee(address: string): Promise<Attempt> {
  const email = `new.${unique()}@example.org`
  return ownerOf({ email, currentPassword: registration().password })(address)
}

/** Somebody with a second session. */
async function leaver(address: string): Promise<Attempt> {
  const attempt = await seller(address)
  const id = await enter(new Person(address), idOfUser(attempt))
  return { ...attempt, fields: { session: sessionHash(id).toString('hex') } }
}

async function quitter(address: string): Promise<Attempt> {
  const { person, key } = await seller(address)
  const fields = { currentPassword: registration().password }
  return { person, principal: `session ${person.cookie('session')}`, fields, key }
}

async function forgetter(address: string): Promise<Attempt> {
  const { fields, ...attempt } = await member(address)
  return { ...attempt, fields: { email: fields.email as string } }
}

/** Somebody with a link. */
async function chooser(address: string): Promise<Attempt> {
  const { fields, person, key } = await stranger(address)
  const userId = await insertMember(fields)
  const token = tokenOf(unique(), '')
  await withStore('users', (connection) => connection.transact(insertReset(tokenHash(token), userId)))
  const principal = `link ${tokenHash(token).toString('hex')}`
  return { person, principal, fields: { token, newPassword: 'purple monkey dishwasher' }, key }
}

async function seller(address: string): Promise<Attempt> {
  const { person, fields, key } = await stranger(address)
  const userId = await insertMember(fields)
  await enter(person, userId)
  return { person, principal: `user ${userId}`, fields: product(), key }
}

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

/** Somebody, and a product with five units. */
async function owner(address: string): Promise<Attempt & { id: number }> {
  const attempt = await seller(address)
  const { units, ...texts } = attempt.fields as ReturnType<typeof product>
  const row = insertProducts([{ draft: { ...texts, units: Number(units) }, createdBy: 1 }])
  const inserted = await withStore('products', (connection) => connection.transact(row))
  return { ...attempt, id: inserted[0]?.insertId as number }
}

async function insertMember({ password: _, ...names }: Record<string, string>): Promise<number> {
  const user = { ...(names as Names), passwordHash, roleId: builtInRoleIds.editor }
  return withStore('users', (connection) => store.insertUser(connection, user))
}

/** Of the cheapest kind, and one for all: to compare with those of the product would take longer than the cuts. */
const passwordHash = bcrypt.hashSync(prehash(registration().password), 4)

type Names = Omit<store.NewUser, 'passwordHash' | 'roleId'>

async function enter(person: Person, userId: number): Promise<string> {
  const id = randomBytes(32).toString('base64url')
  const session = insertSession(sessionHash(id), userId, '', { address: '', replica: '' })
  await withStore('users', (connection) => connection.transact(session))
  person.setCookie('session', id)
  return id
}

/** One account, one session, and the cookie is that session's. */
async function isSignedInOnce({ person, fields }: Attempt, { location }: Answer) {
  expect(location).to.equal('/products')
  const ids = await databases.users('users').where({ email: fields.email }).pluck('id')
  expect(ids, 'accounts').to.have.length(1)
  const hashes = await databases.users('sessions').where({ user_id: ids[0] }).pluck('id_hash')
  expect(hashes.map(String), 'sessions').to.deep.equal([String(sessionHash(person.cookie('session') ?? ''))])
  expect((await person.get('/products')).status).to.equal(200)
}

async function isSignedOut({ person, principal }: Attempt, { location }: Answer) {
  expect([location, person.cookie('session')]).to.deep.equal(['/', undefined])
  const id = principal.replace('session ', '')
  expect(await databases.users('sessions').where({ id_hash: sessionHash(id) }), 'sessions').to.have.length(0)
  person.setCookie('session', id)
  expect((await person.get('/products')).location).to.match(/^\/login/)
}

function idOfUser({ principal }: Pick<Attempt, 'principal'>): number {
  return Number(principal.slice('user '.length))
}

/** The account is so, and the audit says so once. */
function isOnRecord(action: string, changed: object) {
  return async (attempt: Attempt) => {
    const id = idOfUser(attempt)
    expect(await databases.users('users').where({ id }).first()).to.include(changed)
    expect(await databases.users('audit').where({ actor_id: id, action }), 'audit').to.have.length(1)
  }
}

async function isAtNewAddress(attempt: Attempt) {
  await isOnRecord('emailChanged', { email: attempt.fields.email })(attempt)
}

async function isEndedOnce(attempt: Attempt) {
  await isOnRecord('sessionEnded', {})(attempt)
  expect(await databases.users('sessions').where({ user_id: idOfUser(attempt) })).to.have.length(1)
}

async function areEndedOnce(attempt: Attempt) {
  await isOnRecord('otherSessionsEnded', {})(attempt)
  expect(await databases.users('sessions').where({ user_id: idOfUser(attempt) })).to.have.length(1)
}

async function isQuit({ person, principal }: Attempt, { location }: Answer) {
  expect([location, person.cookie('session')]).to.deep.equal(['/?deleted', undefined])
  const id_hash = sessionHash(principal.replace('session ', ''))
  expect(await databases.users('sessions').where({ id_hash })).to.have.length(0)
}

async function isQueuedOnce({ fields }: Attempt, { location }: Answer) {
  expect(location).to.equal('/forgotten?sent')
  expect(await databases.users('mails').where({ recipient: fields.email }), 'mails').to.have.length(1)
}

async function isReset({ fields }: Attempt, { location }: Answer) {
  expect(location).to.equal('/login?reset')
  const token_hash = tokenHash(fields.token as string)
  const { user_id } = await databases.users('password_resets').where({ token_hash }).whereNotNull('used_at').first()
  expect(await databases.users('audit').where({ actor_id: user_id, action: 'passwordReset' })).to.have.length(1)
}

/** One product, and the answer leads to it. */
async function isAddedOnce({ person, fields }: Attempt, { location }: Answer) {
  const ids = await databases.products('products').where({ code: fields.code }).pluck('id')
  expect(ids.map((id) => `/products/${id}?added`)).to.deep.equal([location])
  expect((await person.get(location as string)).$('.facts code').text()).to.equal(fields.code)
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
}

async function isDeleted({ path }: Attempt, { location }: Answer) {
  expect(location).to.equal('/products?archived=1&deleted')
  const id = idIn(path)
  expect(await databases.products('products').where({ id }), 'products').to.deep.equal([])
  expect(await databases.products('movements').where({ product_id: id }), 'movements').to.deep.equal([])
}

async function isMovedOnce({ path }: Attempt, { location }: Answer) {
  expect(location).to.equal(`${path}?moved=1`)
  await expectBalances(idIn(path), [3])
}

async function isUndoneOnce({ path }: Attempt, { location }: Answer) {
  expect(location).to.match(/^\/products\/\d+\/movements\?moved=2$/)
  const movement = await databases
    .products('movements')
    .where({ id: idIn(path) })
    .first('product_id')
  await expectBalances(movement.product_id, [6, 5])
}

/** What the movements of a product left, and that it has what the last one did. */
async function expectBalances(id: number, balances: number[]) {
  const entries = await databases.products('movements').where({ product_id: id }).orderBy('number').pluck('balance')
  expect(entries, 'balances').to.deep.equal(balances)
  const row = await databases.products('products').where({ id }).first('units', 'movements')
  expect(row).to.deep.equal({ units: balances.at(-1), movements: balances.length })
}

/** One import, with the bytes of the file. */
async function isStoredOnce({ principal }: Attempt, { location }: Answer) {
  const rows = await databases.products('imports').where({ created_by: idOfUser({ principal }) })
  expect(rows.map(({ id }) => `/imports/${id}`)).to.deep.equal([location])
  const chunks = await databases.products('import_chunks').where({ import_id: rows[0].id }).pluck('bytes')
  expect(String(Buffer.concat(chunks))).to.equal(file)
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

function idIn(path = ''): number {
  return Number(/\d+/.exec(path)?.[0])
}
