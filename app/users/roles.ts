import type { Connection } from '../database/connection.js'
import type { Database } from '../database/database.js'
import type { Deadline } from '../database/deadline.js'
import { Forbidden, NotFound, OwnRights, RoleInUse, RoleOutdated } from '../errors.js'
import type { Write } from '../writes/write.js'
import { createWrites } from '../writes/writes.js'
import type { User } from './account.js'
import { type Entry, record } from './audit.js'
import { mayAll, type Permission } from './policy.js'
import { mayHandle, newerOf, permissionsOf } from './role.js'
import type { RoleDraft } from './role-input.js'
import * as store from './role-store.js'

/** What roles there are, and what each allows. */
export type Roles = ReturnType<typeof createRoles>

/**
 * Nobody puts into a role, or takes out of one, what they may not do themselves; and nobody changes the role that they
 * have, which could leave nobody to change it back.
 * @param replica which the audit names
 */
export function createRoles(database: Database, secret: string, replica: string) {
  const writes = createWrites(database, secret)

  return {
    list(deadline: Deadline): Promise<store.RoleInList[]> {
      return database.run(deadline, store.findRoles)
    },

    /** The roles that somebody may give. */
    async givenBy(actor: User, deadline: Deadline): Promise<store.StoredRole[]> {
      const all = await database.run(deadline, store.findRoles)
      return all.filter((role) => mayHandle(actor, role))
    },

    /** @throws {NotFound} */
    async find(id: number, deadline: Deadline): Promise<store.StoredRole> {
      return known(await database.run(deadline, (connection) => store.findRole(connection, id)))
    },

    /** @returns its number @throws {Invalid} where another role has the name, {Forbidden} where the actor may not all of it */
    async add(actor: User, { name = '', permissions }: RoleDraft, write: Write): Promise<number> {
      if (!mayAll(actor, permissions)) throw new Forbidden()
      const added = await writes.once(write, { name, permissions }, async (connection, withCommit) => {
        const id = await store.insertRole(connection, name, permissions.join(' '))
        const changes = { permissions: { from: [], to: permissions } }
        withCommit(record(write, replica, entry('roleAdded', actor, { id, name }, changes)))
        return { id }
      })
      return added.id
    },

    /**
     * Names and fills a role; what only a newer version knows of stays in it.
     * @throws {RoleOutdated} where it has another version than this
     * @throws {Invalid}, {Forbidden}, {OwnRights}
     */
    async change(actor: User, id: number, version: number, draft: RoleDraft, write: Write): Promise<void> {
      await writes.once(write, { version, draft }, async (connection, withCommit) => {
        const role = await lockChangeable(connection, actor, id)
        if (role.version !== version) throw new RoleOutdated()
        const before = permissionsOf(role)
        if (!mayAll(actor, differing(before, draft.permissions))) throw new Forbidden()
        const name = (role.builtIn ? undefined : draft.name) ?? role.name
        const after = [...draft.permissions, ...newerOf(role)].join(' ')
        await store.updateRole(connection, { ...role, name, permissions: after })
        const changes = {
          ...(name !== role.name && { name: { from: role.name, to: name } }),
          permissions: { from: before, to: draft.permissions },
        }
        withCommit(record(write, replica, entry('roleChanged', actor, role, changes)))
        return {}
      })
    },

    /** @throws {RoleInUse} where somebody has it, {Forbidden} where it is there from the start */
    async delete(actor: User, id: number, write: Write): Promise<void> {
      await writes.once(write, {}, async (connection, withCommit) => {
        const role = await lockChangeable(connection, actor, id)
        if (role.builtIn || !mayHandle(actor, role)) throw new Forbidden()
        if (await store.isRoleInUse(connection, id)) throw new RoleInUse()
        await store.deleteRole(connection, id)
        const changes = { permissions: { from: permissionsOf(role), to: [] } }
        withCommit(record(write, replica, entry('roleDeleted', actor, role, changes)))
        return {}
      })
    },
  }
}

/** @throws {NotFound}, {Forbidden}, {OwnRights} */
async function lockChangeable(connection: Connection, actor: User, id: number): Promise<store.StoredRole> {
  const role = known(await store.lockRole(connection, id))
  if (role.builtIn === 'administrator') throw new Forbidden()
  if (role.id === actor.role.id) throw new OwnRights()
  return role
}

function known(role: store.StoredRole | undefined): store.StoredRole {
  if (!role) throw new NotFound()
  return role
}

/** What is in one of them and not in the other. */
function differing(some: readonly Permission[], others: readonly Permission[]): Permission[] {
  const [added, removed] = [
    others.filter((each) => !some.includes(each)),
    some.filter((each) => !others.includes(each)),
  ]
  return [...added, ...removed]
}

function entry(
  action: Entry['action'],
  { id, email }: User,
  role: { id: number; name: string },
  changes: Entry['changes'],
): Entry {
  return { action, actor: { id, email }, subject: { kind: 'role', id: role.id, name: role.name }, changes }
}
