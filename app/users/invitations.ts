import type { Connection } from '../database/connection.js'
import type { Database } from '../database/database.js'
import type { Deadline } from '../database/deadline.js'
import { Forbidden, Invalid } from '../errors.js'
import type { Write } from '../writes/write.js'
import { createWrites } from '../writes/writes.js'
import type { User } from './account.js'
import { type Entry, record } from './audit.js'
import * as store from './invitation-store.js'
import { invitationTokenOf } from './invitation-tokens.js'
import { may } from './policy.js'
import { tokenHash } from './reset-tokens.js'
import { mayHandle, type NamedRole } from './role.js'
import { holdRole } from './role-store.js'
import { newSeed } from './sessions.js'

/** Links with which people make an account, and get the role that it gives. */
export type Invitations = ReturnType<typeof createInvitations>

/** @param replica which the audit names */
export function createInvitations(database: Database, secret: string, replica: string) {
  const writes = createWrites(database, secret)

  return {
    /** Those that are still good. */
    list(deadline: Deadline): Promise<store.OpenInvitation[]> {
      return database.run(deadline, store.findOpenInvitations)
    },

    /**
     * Makes an invitation. @returns what is in its link, which is told to nobody again but to a second arrival of this write
     * @throws {Forbidden} where the actor may not all that the role allows
     */
    async make(actor: User, roleId: number, write: Write): Promise<string> {
      const { seed } = await writes.once(write, { roleId }, async (connection, withCommit) => {
        const role = await holdRole(connection, roleId)
        if (!role) throw new Invalid({ role: { message: 'people.problem.chooseRole' } })
        if (!mayHandle(actor, role)) throw new Forbidden()
        const seed = newSeed()
        await store.insertInvitation(connection, tokenHash(invitationTokenOf(seed, secret)), roleId, actor.id)
        withCommit(record(write, replica, entry('invited', actor, role)))
        return { seed }
      })
      return invitationTokenOf(seed, secret)
    },

    /** Takes an invitation back; one that is over already is no error. */
    async revoke(actor: User, id: number, write: Write): Promise<void> {
      await writes.once(write, {}, async (connection, withCommit) => {
        const found = await store.lockOpenInvitation(connection, id)
        if (!found) return {}
        await store.deleteInvitation(connection, id)
        withCommit(
          record(write, replica, entry('invitationRevoked', actor, { id: found.roleId, name: found.roleName })),
        )
        return {}
      })
    },

    /** The role that a link still gives, or undefined where it is over. */
    roleOf(token: string, deadline: Deadline): Promise<NamedRole | undefined> {
      return database.run(deadline, async (connection) => (await findOpen(connection, tokenHash(token)))?.role)
    },
  }
}

/**
 * The invitation of a link that is still good: not used, not too old, and of somebody who may still give that role.
 * @returns undefined where it is over
 */
export async function findOpen(connection: Connection, hash: Buffer): Promise<store.Invitation | undefined> {
  const found = await store.findInvitation(connection, hash)
  const isGood = found?.open && may(found.maker, 'users.manage') && mayHandle(found.maker, found.role)
  return isGood ? found : undefined
}

function entry(action: Entry['action'], { id, email }: User, role: { id: number; name: string }): Entry {
  return { action, actor: { id, email }, subject: { kind: 'role', id: role.id, name: role.name } }
}
