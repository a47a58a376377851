import { expect } from 'chai'
import { insertReset } from '../../app/users/reset-store.js'
import { tokenHash, tokenOf } from '../../app/users/reset-tokens.js'
import { sessionHash } from '../../app/users/sessions.js'
import { type Answer, Person, registration, unique } from '../person.js'
import { databases, withStore } from '../system.js'
import { enter, idOfUser, insertMember, isSignedInOnce, member, ownerOf, seller, stranger } from './actors.js'
import type { Attempt, Write } from './write.js'

/** What people do with their own accounts. */
export const accountWrites: Write[] = [
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
  {
    ...{ name: 'asking for a link', path: '/forgotten', database: 'users', mail: true },
    prepare: forgetter,
    isDone: isQueuedOnce,
  },
  { name: 'choosing another password', path: '/reset', database: 'users', prepare: chooser, isDone: isReset },
]

async function signedInMember(address: string): Promise<Attempt> {
  const { person, fields, key } = await stranger(address)
  const id = await enter(person, await insertMember(fields))
  return { person, principal: `session ${id}`, fields, key }
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

async function isSignedOut({ person, principal }: Attempt, { location }: Answer) {
  expect([location, person.cookie('session')]).to.deep.equal(['/', undefined])
  const id = principal.replace('session ', '')
  expect(await databases.users('sessions').where({ id_hash: sessionHash(id) }), 'sessions').to.have.length(0)
  person.setCookie('session', id)
  expect((await person.get('/products')).location).to.match(/^\/login/)
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
