import { expect } from 'chai'
import { readConfig } from '../../app/config.js'
import { Deadline } from '../../app/database/deadline.js'
import { createKeys } from '../../app/users/keys/keys.js'
import { createTokens } from '../../app/users/tokens/tokens.js'
import { type Answer, Person, product } from '../person.js'
import { databases, stack, stores } from '../system.js'
import { enter, idIn, insertMember, member, stranger } from './actors.js'
import { owner } from './products.js'
import type { Attempt, Write } from './write.js'

/** What programs send. */
export const programWrites: Write[] = [
  {
    ...{ name: 'signing in as a program', path: '/api/v1/auth/login', database: 'users', status: 200 },
    prepare: programOf(member),
    isDone: isSignedInOnce,
  },
  {
    ...{ name: 'refreshing tokens', path: '/api/v1/token/refresh', database: 'users', status: 200, byKey: false },
    prepare: refresher,
    isDone: isRefreshedOnce,
  },
  {
    ...{ name: 'signing out as a program', path: '/api/v1/auth/logout', database: 'users', status: 204 },
    prepare: leaver,
    isDone: hasLeft,
  },
  {
    ...{ name: 'adding a product as a program', path: '/api/v1/products', database: 'products', status: 201 },
    prepare: seller,
    isDone: isAddedOnce,
  },
  {
    ...{ name: 'changing a product as a program', path: '/api/v1/products/:id', database: 'products', status: 200 },
    prepare: editor,
    isDone: isChangedOnce,
  },
]

interface Tokens {
  accessToken: string
  refreshToken: string
}

/** Sends the same fields as JSON. */
function programOf(actor: (address: string) => Promise<Attempt>) {
  return async (address: string): Promise<Attempt> => {
    const attempt = await actor(address)
    return { ...attempt, body: attempt.fields }
  }
}

async function refresher(address: string): Promise<Attempt> {
  const { attempt, tokens } = await signedIn(address)
  return { ...attempt, body: { refreshToken: tokens.refreshToken } }
}

async function leaver(address: string): Promise<Attempt> {
  const { attempt, hash } = await signedIn(address)
  return { ...attempt, principal: `session ${hash.toString('hex')}` }
}

async function seller(address: string): Promise<Attempt> {
  const { attempt } = await signedIn(address)
  const fields = product()
  return { ...attempt, fields, body: { ...fields, units: 5 } }
}

async function editor(address: string): Promise<Attempt> {
  const [{ id }, { attempt }] = [await owner(address), await signedIn(address)]
  const person = new Person(address, { ...attempt.person.headers, 'if-match': '"1"' })
  return { ...attempt, person, method: 'PATCH', path: `/api/v1/products/${id}`, body: { category: 'Wires' } }
}

/** Somebody with tokens. */
async function signedIn(address: string) {
  const { fields, key, person } = await stranger(address)
  const userId = await insertMember(fields)
  const sessionId = await enter(new Person(address), userId)
  const { appSecret, masterKey } = readConfig(stack.environment)
  const { signingKeys } = createKeys(stores.users, masterKey)
  const issuing = createTokens(stores.users, signingKeys, appSecret, 'test')
  const tokens = await Deadline.within(10_000, (deadline) => issuing.begin(sessionId, deadline))
  const hash = (await databases.users('sessions').where({ user_id: userId }).first('id_hash')).id_hash as Buffer
  const program = new Person(address, { ...person.headers, authorization: `Bearer ${tokens.accessToken}` })
  const attempt: Attempt = { person: program, principal: `user ${userId}`, fields: {}, key }
  return { attempt, tokens, hash }
}

async function isSignedInOnce({ person, fields }: Attempt, { html }: Answer) {
  const ids = await databases.users('users').where({ email: fields.email }).pluck('id')
  expect(ids, 'accounts').to.have.length(1)
  expect(await databases.users('sessions').where({ user_id: ids[0] }), 'sessions').to.have.length(1)
  await isOfOwner(person, JSON.parse(html))
}

/** The one that was used gives the same answer for a while. */
async function isRefreshedOnce({ person, body }: Attempt, { html }: Answer) {
  const headers = { 'content-type': 'application/json' }
  const again = await person.send('POST', '/api/v1/token/refresh', { body: JSON.stringify(body), headers })
  expect([again.status, again.html]).to.deep.equal([200, html])
  await isOfOwner(person, JSON.parse(html))
}

async function isOfOwner(person: Person, { accessToken }: Tokens) {
  const { status } = await person.send('GET', '/api/v1/auth/whoami', {
    headers: { authorization: `Bearer ${accessToken}` },
  })
  expect(status).to.equal(200)
}

async function hasLeft({ person, principal }: Attempt) {
  const hash = Buffer.from(principal.slice('session '.length), 'hex')
  expect(await databases.users('sessions').where({ id_hash: hash })).to.deep.equal([])
  expect((await person.get('/api/v1/auth/whoami')).status).to.equal(401)
}

async function isAddedOnce({ fields }: Attempt, { html }: Answer) {
  const rows = await databases.products('products').where({ code: fields.code })
  expect(rows.map(({ id }) => id)).to.deep.equal([JSON.parse(html).id])
}

async function isChangedOnce({ path }: Attempt, { html }: Answer) {
  const id = idIn(path?.replace('/v1/', '/'))
  expect(JSON.parse(html)).to.include({ id, category: 'Wires', version: 2 })
  expect(await databases.products('product_changes').where({ product_id: id })).to.have.length(1)
}
