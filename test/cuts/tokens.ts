import { expect } from 'chai'
import { insertToken } from '../../app/users/tokens/personal-store.js'
import { type Answer, registration, unique } from '../person.js'
import { Program } from '../program.js'
import { databases, withStore } from '../system.js'
import { idOfUser, ownerOf, seller } from './actors.js'
import type { Attempt, Write } from './write.js'

/** What is done with personal tokens. */
export const tokenWrites: Write[] = [
  {
    ...{ name: 'making a token', path: '/account/tokens', database: 'users', status: 200 },
    prepare: ownerOf({ name: 'Till', days: '30', 'products.read': 'on', currentPassword: registration().password }),
    isDone: isMadeOnce,
  },
  {
    ...{ name: 'revoking a token', path: '/account/tokens/:id/revoke', database: 'users' },
    prepare: revoker,
    isDone: isRevoked,
  },
]

async function revoker(address: string): Promise<Attempt> {
  const attempt = await seller(address)
  const userId = idOfUser(attempt)
  const token = { tokenHash: Buffer.from(unique().padEnd(32)), userId, name: 'Till', scopes: 'products.read', days: 30 }
  await withStore('users', (connection) => insertToken(connection, token))
  const { id } = await databases.users('api_tokens').where({ user_id: userId }).first('id')
  return { ...attempt, path: `/account/tokens/${id}/revoke`, fields: {} }
}

async function isMadeOnce(attempt: Attempt, { $ }: Answer) {
  expect(await databases.users('api_tokens').where({ user_id: idOfUser(attempt) })).to.have.length(1)
  const program = new Program(attempt.person.address, $('#token').val() as string)
  expect((await program.get('/auth/whoami')).json.id).to.equal(idOfUser(attempt))
}

async function isRevoked(attempt: Attempt) {
  expect(await databases.users('api_tokens').where({ user_id: idOfUser(attempt) })).to.deep.equal([])
  const acts = await databases.users('audit').where({ subject_id: idOfUser(attempt), action: 'tokenRevoked' })
  expect(acts).to.have.length(1)
}
