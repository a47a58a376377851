import { expect } from 'chai'
import { claimAddress } from '../../app/users/address-claims.js'
import { passwordMark, proofTokenOf } from '../../app/users/proof-tokens.js'
import { tokenHash } from '../../app/users/reset-tokens.js'
import { type Answer, registration, unique } from '../person.js'
import { databases, withStore } from '../system.js'
import { idOfUser, isSignedInOnce, seller, stranger } from './actors.js'
import type { Attempt, Write } from './write.js'

/** How addresses are proved, where mail is set up. */
export const proofWrites: Write[] = [
  {
    ...{ name: 'asking for an account', path: '/register', database: 'users', mail: true },
    prepare: asker,
    isDone: isAskedOnce,
  },
  {
    ...{ name: 'making the account that was asked for', path: '/confirm', database: 'users', mail: true },
    prepare: newcomer,
    isDone: isSignedInOnce,
  },
  {
    ...{ name: 'asking for another address', path: '/account/email', database: 'users', mail: true },
    prepare: mover,
    isDone: isMoveAskedOnce,
  },
  {
    ...{ name: 'changing to the address that was asked for', path: '/confirm/email', database: 'users', mail: true },
    prepare: moved,
    isDone: isMovedOnce,
  },
]

async function asker(address: string): Promise<Attempt> {
  const { fields, ...attempt } = await stranger(address)
  const { password: _, ...names } = fields as ReturnType<typeof registration>
  return { ...attempt, fields: names }
}

/** Somebody with a link. */
async function newcomer(address: string): Promise<Attempt> {
  const { person, fields, key } = await asker(address)
  const { firstName = '', lastName = '', email = '' } = fields
  const token = await claim({ email, firstName, lastName, userId: undefined, passwordMark: undefined })
  const sent = { email, token, newPassword: 'purple monkey dishwasher' }
  return { person, principal: principalOf(token), fields: sent, key }
}

async function mover(address: string): Promise<Attempt> {
  const { email, password: currentPassword } = registration()
  return { ...(await seller(address)), fields: { email, currentPassword } }
}

/** Somebody with a link. */
async function moved(address: string): Promise<Attempt> {
  const { email } = registration()
  const { principal, ...attempt } = await seller(address)
  const userId = idOfUser({ principal })
  const { password_hash } = await databases.users('users').where({ id: userId }).first()
  const mark = passwordMark(password_hash)
  const token = await claim({ email, firstName: '', lastName: '', userId, passwordMark: mark })
  return { ...attempt, principal: principalOf(token), fields: { email, token } }
}

/** @returns what is in the link */
async function claim(claimed: Omit<Parameters<typeof claimAddress>[1], 'invitationHash'>): Promise<string> {
  const secret = unique()
  await withStore('users', async (connection) =>
    connection.transact(...(await claimAddress(connection, { ...claimed, invitationHash: undefined }, 'en', secret))),
  )
  const { seed } = await databases.users('mails').where({ recipient: claimed.email }).first()
  return proofTokenOf(seed, secret)
}

function principalOf(token: string): string {
  return `link ${tokenHash(token).toString('hex')}`
}

async function isAskedOnce({ fields: { email } }: Attempt, { location }: Answer) {
  expect(location).to.equal('/register?sent')
  expect(await databases.users('mails').where({ recipient: email }).pluck('kind')).to.deep.equal(['registration'])
  expect(await databases.users('address_proofs').where({ email })).to.have.length(1)
  expect(await actsOn(email)).to.deep.equal(['registrationAsked'])
}

async function isMoveAskedOnce({ principal, fields: { email } }: Attempt, { location }: Answer) {
  expect(location).to.equal('/account?done=emailAsked')
  expect(await databases.users('mails').where({ recipient: email }).pluck('kind')).to.deep.equal(['addressChange'])
  const { email: own } = await databases
    .users('users')
    .where({ id: idOfUser({ principal }) })
    .first()
  expect(own).not.to.equal(email)
  expect(await actsOn(own)).to.deep.equal(['emailChangeAsked'])
}

/** The account has the address, and the one before is told. */
async function isMovedOnce({ fields: { email } }: Attempt, { location }: Answer) {
  expect(location).to.equal('/account?done=email')
  const ids = await databases.users('users').where({ email }).pluck('id')
  expect(ids).to.have.length(1)
  const [entry, ...others] = await databases.users('audit').where({ actor_id: ids[0] })
  expect([entry.action, others]).to.deep.equal(['emailChanged', []])
  expect(await databases.users('mails').where({ recipient: entry.actor }).pluck('kind')).to.deep.equal([
    'addressChanged',
  ])
}

/** What the audit says that was done with an account, by its address. */
function actsOn(subject: string | undefined): Promise<string[]> {
  return databases.users('audit').where({ subject }).pluck('action')
}
