import type { Connection } from '../database/connection.js'
import type { Database } from '../database/database.js'
import type { Deadline } from '../database/deadline.js'
import { Forbidden, Invalid, NotFound, OwnRights, PersonDisabled, PersonOutdated, TooManyAttempts } from '../errors.js'
import type { Locale } from '../i18n/locales.js'
import type { Write } from '../writes/write.js'
import { createWrites, type Work } from '../writes/writes.js'
import type { User } from './account.js'
import { type Activity, findActivity } from './activity-store.js'
import { type Entry, record } from './audit.js'
import { enqueue } from './mail/outbox.js'
import { deleteUser } from './own-account-store.js'
import { expectAnotherAdministrator, replaceRole, setDisabled } from './people-store.js'
import type { PeopleQuery, Person, RoleGiven } from './person.js'
import * as store from './person-store.js'
import { findResetPause, insertReset } from './reset-store.js'
import { resetLifetime, tokenHash, tokenOf } from './reset-tokens.js'
import { builtInRoleIds, mayHandle } from './role.js'
import { holdRole } from './role-store.js'
import { deleteAllSessions } from './session-store.js'
import { newSeed } from './sessions.js'

/** What is done in pages with other people's accounts. */
export type Management = ReturnType<typeof createManagement>

const pageSize = 50

/**
 * Nobody manages their own account, and nobody that of somebody who may more than themselves.
 * @param replica which the audit names
 * @param sendsMail whether mail is set up
 */
export function createManagement(database: Database, secret: string, replica: string, sendsMail: boolean) {
  const writes = createWrites(database, secret)

  return {
    /** A page of the list, and whether there are more people behind it. */
    async page(query: PeopleQuery, deadline: Deadline): Promise<{ people: Person[]; more: boolean }> {
      const found = await database.run(deadline, (connection) => store.findPeople(connection, query, pageSize + 1))
      return { people: found.slice(0, pageSize), more: found.length > pageSize }
    },

    /** @throws {NotFound} */
    async find(id: number, deadline: Deadline): Promise<Person> {
      return known(await database.run(deadline, (connection) => store.findPerson(connection, id)))
    },

    /** What was done with somebody's account, and by them, lately. */
    activity(id: number, deadline: Deadline): Promise<Activity[]> {
      return database.run(deadline, (connection) => findActivity(connection, id))
    },

    /**
     * Gives somebody another role.
     * @throws {Forbidden} where the actor may not all that it allows
     * @throws {PersonOutdated} where they have another one than when the form was opened
     * @throws {LastAdministrator}
     */
    async giveRole(actor: User, userId: number, { role: roleId, from }: RoleGiven, write: Write): Promise<void> {
      await manage(actor, userId, write, { role: roleId, from }, async (connection, withCommit) => {
        if (roleId !== builtInRoleIds.administrator) await expectAnotherAdministrator(connection, userId)
        const person = await lockManaged(connection, actor, userId)
        if (from !== undefined && person.role.id !== from) throw new PersonOutdated()
        const role = await holdRole(connection, roleId)
        if (!role) throw new Invalid({ role: { message: 'people.problem.chooseRole' } })
        if (!mayHandle(actor, role)) throw new Forbidden()
        if (role.id === person.role.id) return {}
        const changes = { role: { from: person.role.name, to: role.name } }
        withCommit(replaceRole(userId, role.id), record(write, replica, entry('roleGiven', actor, person, changes)))
        return {}
      })
    },

    /** Keeps somebody out, from the next request of each of their browsers. @throws {LastAdministrator} */
    async disable(actor: User, userId: number, write: Write): Promise<void> {
      await manage(actor, userId, write, {}, async (connection, withCommit) => {
        await expectAnotherAdministrator(connection, userId)
        const person = await lockManaged(connection, actor, userId)
        if (person.disabled) return {}
        await deleteAllSessions(connection, userId)
        withCommit(setDisabled(userId, true), record(write, replica, entry('disabled', actor, person)))
        return {}
      })
    },

    /** Lets somebody sign in again, and not before they do: a slow sign-in may have left a session while they could not. */
    async enable(actor: User, userId: number, write: Write): Promise<void> {
      await manage(actor, userId, write, {}, async (connection, withCommit) => {
        const person = await lockManaged(connection, actor, userId)
        if (!person.disabled) return {}
        await deleteAllSessions(connection, userId)
        withCommit(setDisabled(userId, false), record(write, replica, entry('enabled', actor, person)))
        return {}
      })
    },

    /** Deletes an account with its sessions; what its owner did stays, and the audit keeps their address. @throws {LastAdministrator} */
    async delete(actor: User, userId: number, write: Write): Promise<void> {
      await manage(actor, userId, write, {}, async (connection, withCommit) => {
        await expectAnotherAdministrator(connection, userId)
        const person = await lockManaged(connection, actor, userId)
        await deleteUser(connection, userId)
        withCommit(record(write, replica, entry('accountDeleted', actor, person)))
        return {}
      })
    },

    /** Signs somebody out everywhere. */
    async endSessions(actor: User, userId: number, write: Write): Promise<void> {
      await manage(actor, userId, write, {}, async (connection, withCommit) => {
        const person = await lockManaged(connection, actor, userId)
        if (person.sessions === 0) return {}
        await deleteAllSessions(connection, userId)
        withCommit(record(write, replica, entry('allSessionsEnded', actor, person)))
        return {}
      })
    },

    /**
     * Sends somebody a link to choose another password. @param locale of the mail, where they have chosen none
     * @returns where no mail is set up, what is in the link, which is told to nobody again but to a second arrival of this write
     * @throws {PersonDisabled}, and {TooManyAttempts} where they had too many
     */
    async makeResetLink(actor: User, userId: number, locale: Locale, write: Write): Promise<string | undefined> {
      const { seed } = await manage<{ seed?: string }>(actor, userId, write, {}, async (connection, withCommit) => {
        const person = await lockManaged(connection, actor, userId)
        if (person.disabled) throw new PersonDisabled()
        const pause = await findResetPause(connection, userId)
        if (pause > 0) throw new TooManyAttempts(pause, 0)
        const seed = newSeed()
        const mail = { kind: 'passwordReset', recipient: person.email, locale: person.locale ?? locale, seed } as const
        withCommit(
          insertReset(tokenHash(tokenOf(seed, secret)), userId),
          ...(sendsMail ? [enqueue(mail, resetLifetime)] : []),
          record(write, replica, entry('resetRequested', actor, person)),
        )
        return sendsMail ? {} : { seed }
      })
      return seed && tokenOf(seed, secret)
    },
  }

  /** @throws {OwnRights} */
  async function manage<T>(actor: User, userId: number, write: Write, contents: object, work: Work<T>): Promise<T> {
    if (actor.id === userId) throw new OwnRights()
    return writes.once(write, contents, work)
  }
}

/** @throws {NotFound}, {Forbidden} */
async function lockManaged(connection: Connection, actor: User, userId: number): Promise<Person> {
  const person = known(await store.lockPerson(connection, userId))
  if (!mayHandle(actor, person.role)) throw new Forbidden()
  return person
}

function known(person: Person | undefined): Person {
  if (!person) throw new NotFound()
  return person
}

function entry(action: Entry['action'], { id, email }: User, person: Person, changes?: Entry['changes']): Entry {
  return { action, actor: { id, email }, subject: { kind: 'user', id: person.id, name: person.email }, changes }
}
