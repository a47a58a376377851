import type { Connection } from '../database/connection.js'
import type { Database } from '../database/database.js'
import type { Deadline } from '../database/deadline.js'
import { LinkOver, RegistrationClosed } from '../errors.js'
import { useInvitation } from './invitation-store.js'
import { findOpen } from './invitations.js'
import { tokenHash } from './reset-tokens.js'
import { builtInRoleIds } from './role.js'
import { holdRole } from './role-store.js'
import { insertUser, type NewUser } from './store.js'

/** Who may make an account for themselves, and with which role where no invitation says another. */
export interface RegistrationRules {
  mode: 'open' | 'invite' | 'closed'
  role: 'editor' | 'viewer'
}

/** Sees to it that only those register who may. */
export function createAdmission(database: Database, { mode, role }: RegistrationRules) {
  return {
    /**
     * Whether it is worth hashing a password. An invitation that is over is refused by {@link admit}, because it may be one
     * that the first arrival of this write used.
     * @throws {RegistrationClosed}
     */
    async isExpected(invitation: string | Buffer | undefined, deadline: Deadline): Promise<boolean> {
      if (mode === 'closed' || (mode === 'invite' && invitation === undefined)) throw new RegistrationClosed()
      if (invitation === undefined) return true
      const hash = typeof invitation === 'string' ? tokenHash(invitation) : invitation
      return (await database.run(deadline, (connection) => findOpen(connection, hash))) !== undefined
    },

    /**
     * Makes an account in a transaction, and uses the invitation, which its hash tells. @returns its number
     * @throws {Taken} when the address has an account, whatever the invitation
     * @throws {LinkOver} when the invitation was used, is too old or was taken back
     */
    async admit(
      connection: Connection,
      user: Omit<NewUser, 'roleId'>,
      invitation: Buffer | undefined,
    ): Promise<number> {
      if (invitation === undefined) return insertUser(connection, { ...user, roleId: builtInRoleIds[role] })
      const found = await findOpen(connection, invitation)
      const given = found && (await holdRole(connection, found.role.id))
      const id = await insertUser(connection, { ...user, roleId: given?.id ?? builtInRoleIds[role] })
      if (!given || !user.passwordHash || !(await useInvitation(connection, found.id, id))) throw new LinkOver()
      return id
    },
  }
}
