import { expect } from 'chai'
import { insertInvitation } from '../../app/users/invitation-store.js'
import { invitationTokenOf } from '../../app/users/invitation-tokens.js'
import { tokenHash } from '../../app/users/reset-tokens.js'
import { builtInRoleIds } from '../../app/users/role.js'
import { type Answer, unique } from '../person.js'
import { databases, withStore } from '../system.js'
import { idOfUser, isSignedInOnce, manager, stranger } from './actors.js'
import type { Attempt, Write } from './write.js'

/** What is done with invitations. */
export const invitationWrites: Write[] = [
  { name: 'inviting', path: '/invitations', database: 'users', prepare: inviter, status: 200, isDone: isMadeOnce },
  {
    name: 'revoking an invitation',
    path: '/invitations/:id/revoke',
    database: 'users',
    prepare: revoker,
    isDone: isRevokedOnce,
  },
  {
    name: 'registering with an invitation',
    path: '/register',
    database: 'users',
    prepare: invited,
    isDone: isUsedOnce,
  },
]

const roleId = builtInRoleIds.viewer

async function inviter(address: string): Promise<Attempt> {
  return { ...(await manager(address)), fields: { role: `${roleId}` } }
}

async function revoker(address: string): Promise<Attempt> {
  const attempt = await manager(address)
  const id = await insert(newToken(), attempt)
  return { ...attempt, path: `/invitations/${id}/revoke`, fields: {} }
}

async function invited(address: string): Promise<Attempt> {
  const { fields, ...attempt } = await stranger(address)
  const invitation = newToken()
  await insert(invitation, await manager(address))
  return { ...attempt, fields: { ...fields, invitation } }
}

function newToken(): string {
  return invitationTokenOf(unique(), '')
}

/** @returns the invitation's number */
async function insert(token: string, maker: Attempt): Promise<number> {
  const hash = tokenHash(token)
  await withStore('users', (connection) => insertInvitation(connection, hash, roleId, idOfUser(maker)))
  return (await databases.users('invitations').where({ token_hash: hash }).first()).id
}

/** The answer shows the link of the one invitation. */
async function isMadeOnce({ principal }: Attempt, { $ }: Answer) {
  const made = await databases.users('invitations').where({ created_by: idOfUser({ principal }) })
  const token = /invitation=(.{43})$/.exec($('#link').val() as string)?.[1] ?? ''
  expect(made.map(({ token_hash }) => String(token_hash))).to.deep.equal([String(tokenHash(token))])
  await isOnRecord('invited', principal)
}

async function isRevokedOnce({ principal }: Attempt, { location }: Answer) {
  expect(location).to.equal('/invitations?revoked')
  expect(await databases.users('invitations').where({ created_by: idOfUser({ principal }) })).to.deep.equal([])
  await isOnRecord('invitationRevoked', principal)
}

async function isUsedOnce(attempt: Attempt, answer: Answer) {
  await isSignedInOnce(attempt, answer)
  const { email, invitation = '' } = attempt.fields
  const { id, role_id } = await databases.users('users').where({ email }).first()
  const { used_by } = await databases
    .users('invitations')
    .where({ token_hash: tokenHash(invitation) })
    .first()
  expect([role_id, used_by]).to.deep.equal([roleId, id])
}

async function isOnRecord(action: string, principal: string) {
  const actor_id = idOfUser({ principal })
  expect(await databases.users('audit').where({ actor_id }).pluck('action'), 'audit').to.deep.equal([action])
}
