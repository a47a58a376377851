import { expect } from 'chai'
import { actsOn, insertRole } from '../people.js'
import { type Answer, unique } from '../person.js'
import { databases } from '../system.js'
import { idIn, manager } from './actors.js'
import type { Attempt, Write } from './write.js'

/** What is done with roles. */
export const roleWrites: Write[] = [
  { name: 'adding a role', path: '/roles', database: 'users', prepare: adder, isDone: isAddedOnce },
  { name: 'changing a role', path: '/roles/:id', database: 'users', prepare: changer, isDone: isChangedOnce },
  { name: 'deleting a role', path: '/roles/:id/delete', database: 'users', prepare: deleter, isDone: isDeletedOnce },
]

async function adder(address: string): Promise<Attempt> {
  return { ...(await manager(address)), fields: { name: `Added ${unique()}`, 'products.read': 'on' } }
}

async function changer(address: string): Promise<Attempt> {
  const id = await insertRole('products.read')
  const fields = { name: `Changed ${unique()}`, 'cluster.read': 'on', version: '1' }
  return { ...(await manager(address)), path: `/roles/${id}`, fields }
}

async function deleter(address: string): Promise<Attempt> {
  return { ...(await manager(address)), path: `/roles/${await insertRole()}/delete`, fields: {} }
}

async function isAddedOnce({ fields }: Attempt, { location }: Answer) {
  expect(location).to.equal('/roles?done=added')
  const roles = await databases.users('roles').where({ name: fields.name })
  expect(roles.map(({ permissions }) => permissions)).to.deep.equal(['products.read'])
  expect(await actsOn('role', roles[0].id), 'audit').to.deep.equal(['roleAdded'])
}

async function isChangedOnce({ path, fields: { name } }: Attempt, { location }: Answer) {
  expect(location).to.equal('/roles?done=changed')
  const id = idIn(path)
  const changed = { name, permissions: 'cluster.read', version: 2 }
  expect(await databases.users('roles').where({ id }).first()).to.include(changed)
  expect(await actsOn('role', id), 'audit').to.deep.equal(['roleChanged'])
}

async function isDeletedOnce({ path }: Attempt, { location }: Answer) {
  expect(location).to.equal('/roles?done=deleted')
  const id = idIn(path)
  expect(await databases.users('roles').where({ id })).to.deep.equal([])
  expect(await actsOn('role', id), 'audit').to.deep.equal(['roleDeleted'])
}
