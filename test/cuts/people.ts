import { expect } from 'chai'
import { builtInRoleIds } from '../../app/users/role.js'
import { actsOn } from '../people.js'
import { type Answer, Person, registration } from '../person.js'
import { databases } from '../system.js'
import { enter, idIn, insertMember, manager } from './actors.js'
import type { Attempt, Write } from './write.js'

/** What is done with somebody else's account. */
export const peopleWrites: Write[] = [
  {
    name: 'giving a role',
    path: '/users/:id/role',
    database: 'users',
    prepare: managerOf('role', { role: `${builtInRoleIds.viewer}`, from: `${builtInRoleIds.editor}` }),
    isDone: isOnRecord('roleGiven', { role_id: builtInRoleIds.viewer }, 1),
  },
  {
    name: 'disabling somebody',
    path: '/users/:id/disable',
    database: 'users',
    prepare: managerOf('disable'),
    isDone: isDisabledOnce,
  },
  {
    name: 'enabling somebody',
    path: '/users/:id/enable',
    database: 'users',
    prepare: enabler,
    isDone: isOnRecord('enabled', { disabled_at: null }, 0),
  },
  {
    name: 'ending somebody’s sessions',
    path: '/users/:id/sessions/end',
    database: 'users',
    prepare: managerOf('sessions/end'),
    isDone: isOnRecord('allSessionsEnded', {}, 0),
  },
  {
    name: 'deleting somebody’s account',
    path: '/users/:id/delete',
    database: 'users',
    prepare: managerOf('delete'),
    isDone: isGone,
  },
  {
    name: 'sending somebody a link',
    path: '/users/:id/reset-link',
    database: 'users',
    mail: true,
    prepare: managerOf('reset-link'),
    isDone: isSentOnce,
  },
]

/** Somebody who manages people, and somebody signed in with whom this is to be done. */
function managerOf(act: string, fields: Record<string, string> = {}) {
  return async (address: string): Promise<Attempt> => {
    const managed = await insertMember(registration())
    await enter(new Person(address), managed)
    return { ...(await manager(address)), path: `/users/${managed}/${act}`, fields }
  }
}

async function enabler(address: string): Promise<Attempt> {
  const attempt = await managerOf('enable')(address)
  const id = idIn(attempt.path)
  await databases.users('users').where({ id }).update({ disabled_at: new Date() })
  return attempt
}

/** The account is so, with so many sessions, and the audit says once what was done. */
function isOnRecord(action: string, changed: object, sessions: number) {
  return async ({ path }: Attempt, { location }: Answer) => {
    const id = idIn(path)
    expect(location).to.match(new RegExp(`^/users/${id}\\?done=`))
    expect(await databases.users('users').where({ id }).first()).to.include(changed)
    expect(await databases.users('sessions').where({ user_id: id }), 'sessions').to.have.length(sessions)
    expect(await actsOn('user', id), 'audit').to.deep.equal([action])
  }
}

async function isGone({ path }: Attempt, { location }: Answer) {
  const id = idIn(path)
  expect(location).to.equal('/users?deleted')
  expect(await databases.users('users').where({ id })).to.deep.equal([])
  expect(await actsOn('user', id), 'audit').to.deep.equal(['accountDeleted'])
}

async function isSentOnce(attempt: Attempt, answer: Answer) {
  await isOnRecord('resetRequested', {}, 1)(attempt, answer)
  const id = idIn(attempt.path)
  const { email } = await databases.users('users').where({ id }).first()
  expect(await databases.users('password_resets').where({ user_id: id }), 'links').to.have.length(1)
  expect(await databases.users('mails').where({ recipient: email }), 'mails').to.have.length(1)
}

async function isDisabledOnce(attempt: Attempt, answer: Answer) {
  await isOnRecord('disabled', {}, 0)(attempt, answer)
  const { disabled_at } = await databases
    .users('users')
    .where({ id: idIn(attempt.path) })
    .first()
  expect(disabled_at).to.be.an.instanceOf(Date)
}
