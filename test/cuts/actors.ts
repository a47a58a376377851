import { randomBytes } from 'node:crypto'
import bcrypt from 'bcrypt'
import { expect } from 'chai'
import { prehash } from '../../app/users/passwords.js'
import { permissions } from '../../app/users/policy.js'
import { builtInRoleIds } from '../../app/users/role.js'
import { insertSession } from '../../app/users/session-store.js'
import { sessionHash } from '../../app/users/sessions.js'
import * as store from '../../app/users/store.js'
import { insertRole } from '../people.js'
import { type Answer, Person, product, registration, unique } from '../person.js'
import { databases, withStore } from '../system.js'
import type { Attempt } from './write.js'

export async function stranger(address: string): Promise<Attempt> {
  const fields = registration()
  return { person: fromElsewhere(address), principal: `stranger ${fields.email}`, fields, key: unique() }
}

/** Somebody of a network of their own: attempts at passwords from one are counted in one row, for which others would wait. */
function fromElsewhere(address: string): Person {
  const network = unique()
  return new Person(address, { 'x-forwarded-for': `2001:db8:${network.slice(0, 4)}:${network.slice(4, 8)}::1` })
}

export async function member(address: string): Promise<Attempt> {
  const attempt = await stranger(address)
  await insertMember(attempt.fields)
  return attempt
}

/** Somebody signed in, who sends this. */
export function ownerOf(sent: Record<string, string>) {
  return async (address: string): Promise<Attempt> => ({ ...(await seller(address)), fields: sent })
}

export async function seller(address: string): Promise<Attempt> {
  const { person, fields, key } = await stranger(address)
  const userId = await insertMember(fields)
  await enter(person, userId)
  return { person, principal: `user ${userId}`, fields: product(), key }
}

/** One for all: a list has no room for one for each. */
let managing: Promise<number> | undefined

/** Somebody who may do everything, but is no administrator: these are locked together, and cuts would wait for each other. */
export async function manager(address: string): Promise<Attempt> {
  const { person, fields, key } = await stranger(address)
  managing ??= insertRole(...permissions)
  const userId = await insertMember(fields, await managing)
  await enter(person, userId)
  return { person, principal: `user ${userId}`, fields: {}, key }
}

export async function insertMember(
  { password: _, ...names }: Record<string, string>,
  roleId: number = builtInRoleIds.editor,
): Promise<number> {
  const user = { ...(names as Names), passwordHash, roleId }
  return withStore('users', (connection) => store.insertUser(connection, user))
}

/** Of the cheapest kind, and one for all: to compare with those of the product would take longer than the cuts. */
const passwordHash = bcrypt.hashSync(prehash(registration().password), 4)

type Names = Omit<store.NewUser, 'passwordHash' | 'roleId'>

export async function enter(person: Person, userId: number): Promise<string> {
  const id = randomBytes(32).toString('base64url')
  const session = insertSession(sessionHash(id), userId, '', { address: '', replica: '' })
  await withStore('users', (connection) => connection.transact(session))
  person.setCookie('session', id)
  return id
}

export function idOfUser({ principal }: Pick<Attempt, 'principal'>): number {
  return Number(principal.slice('user '.length))
}

export function idIn(path = ''): number {
  return Number(/\d+/.exec(path)?.[0])
}

/** One account, one session, and the cookie is that session's. */
export async function isSignedInOnce({ person, fields }: Attempt, { location }: Answer) {
  expect(location).to.equal('/products')
  const ids = await databases.users('users').where({ email: fields.email }).pluck('id')
  expect(ids, 'accounts').to.have.length(1)
  const hashes = await databases.users('sessions').where({ user_id: ids[0] }).pluck('id_hash')
  expect(hashes.map(String), 'sessions').to.deep.equal([String(sessionHash(person.cookie('session') ?? ''))])
  expect((await person.get('/products')).status).to.equal(200)
}
