import type { Database } from '../database/database.js'
import type { Deadline } from '../database/deadline.js'
import { NotSignedIn } from '../errors.js'
import type { Locale } from '../i18n/locales.js'
import type { Write } from '../writes/write.js'
import { createWrites } from '../writes/writes.js'
import { emailKey, type User } from './account.js'
import { findActivity } from './activity-store.js'
import { claimAddress } from './address-claims.js'
import { ofOwnAccount, record } from './audit.js'
import { createConfirmation, wrongPassword } from './confirmation.js'
import type { EmailChange, PasswordChange, Profile } from './own-account-input.js'
import * as store from './own-account-store.js'
import { hashPassword } from './passwords.js'
import { expectAnotherAdministrator } from './people-store.js'
import { passwordMark } from './proof-tokens.js'
import * as sessionStore from './session-store.js'
import { sessionHash } from './sessions.js'

/** What people do with their own account, signed in. */
export type OwnAccount = ReturnType<typeof createOwnAccount>

/**
 * @param replica which the audit names
 * @param provesAddresses whether a new address is proved by a link before it is the account's, see proofs.ts
 */
export function createOwnAccount(database: Database, secret: string, replica: string, provesAddresses: boolean) {
  const writes = createWrites(database, secret)
  const confirmation = createConfirmation(database, secret, replica)

  return {
    /** A person's sessions, the one seen last before the others, and what was done with their account lately. */
    overview({ id }: User, deadline: Deadline) {
      return database.run(deadline, async (connection) => ({
        sessions: await sessionStore.findOwnSessions(connection, id),
        activity: await findActivity(connection, id),
      }))
    },

    async changeProfile(user: User, profile: Profile, write: Write): Promise<void> {
      await writes.once(write, profile, async (connection, withCommit) => {
        await store.updateProfile(connection, user.id, profile)
        withCommit(record(write, replica, ofOwnAccount('profileChanged', user, changesOf(user, profile))))
        return {}
      })
    },

    /**
     * Changes the address, or has a link sent to it that does.
     * @param locale of the mail, where the user has chosen none
     * @throws {Taken} when another account has the address, where no link is sent
     * @throws {Invalid} when the password is wrong
     */
    async changeEmail(
      user: User,
      { currentPassword, email }: EmailChange,
      locale: Locale,
      write: Write,
    ): Promise<'changed' | 'asked'> {
      const verified = await confirmation.verify(user, currentPassword, write)
      const isProvedFirst = provesAddresses && emailKey(email) !== emailKey(user.email)
      await confirmation.once(user, verified, write, { email }, async (connection, withCommit) => {
        if (isProvedFirst) {
          const { id: userId, firstName, lastName } = user
          const mark = passwordMark(verified.account?.passwordHash ?? '')
          const claim = { email, firstName, lastName, userId, passwordMark: mark, invitationHash: undefined }
          withCommit(
            ...(await claimAddress(connection, claim, user.locale ?? locale, secret)),
            record(write, replica, ofOwnAccount('emailChangeAsked', user, changesOf(user, { email }))),
          )
          return {}
        }
        await store.updateEmail(connection, user.id, email)
        withCommit(record(write, replica, ofOwnAccount('emailChanged', user, changesOf(user, { email }))))
        return {}
      })
      return isProvedFirst ? 'asked' : 'changed'
    },

    /**
     * Ends all other sessions, too: whoever knew the old password is out.
     * @throws {Invalid} when the old password is wrong
     */
    async changePassword(user: User, sessionId: string, change: PasswordChange, write: Write): Promise<void> {
      const { currentPassword, newPassword } = change
      const verified = await confirmation.verify(user, currentPassword, write)
      const passwordHash = verified.right ? await hashPassword(newPassword, write.deadline) : ''
      await confirmation.once(user, verified, write, { newPassword }, async (connection, withCommit) => {
        const before = verified.account?.passwordHash ?? ''
        const isChanged = await store.updatePassword(connection, user.id, before, passwordHash)
        if (!isChanged) throw wrongPassword() // by another change, a moment ago
        await sessionStore.deleteOtherSessions(connection, user.id, sessionHash(sessionId))
        withCommit(record(write, replica, ofOwnAccount('passwordChanged', user)))
        return {}
      })
    },

    /**
     * Deletes the account with its sessions; what its owner did stays, and the audit keeps their address.
     * @param user none at a second arrival, which gets the first one's result
     * @throws {NotSignedIn} where there was no first arrival
     * @throws {Invalid} when the password is wrong
     * @throws {LastAdministrator}
     */
    async delete(user: User | undefined, currentPassword: string, write: Write): Promise<void> {
      const verified = user ? await confirmation.verify(user, currentPassword, write) : undefined
      await confirmation.once(user, verified, write, {}, async (connection, withCommit) => {
        if (!user) throw new NotSignedIn()
        await expectAnotherAdministrator(connection, user.id)
        const deleted = await store.deleteUser(connection, user.id)
        if (deleted > 0) withCommit(record(write, replica, ofOwnAccount('accountDeleted', user)))
        return {}
      })
    },

    /** Ends one of a person's sessions; one that has ended already is no error. */
    async endSession(user: User, idHash: Buffer, write: Write): Promise<void> {
      await writes.once(write, idHash.toString('hex'), async (connection, withCommit) => {
        const ended = await sessionStore.deleteOwnSession(connection, user.id, idHash)
        if (ended > 0) withCommit(record(write, replica, ofOwnAccount('sessionEnded', user)))
        return {}
      })
    },

    /** Ends all of a person's sessions but the one that they use. */
    async endOtherSessions(user: User, sessionId: string, write: Write): Promise<void> {
      await writes.once(write, {}, async (connection, withCommit) => {
        const ended = await sessionStore.deleteOtherSessions(connection, user.id, sessionHash(sessionId))
        if (ended > 0) withCommit(record(write, replica, ofOwnAccount('otherSessionsEnded', user)))
        return {}
      })
    },
  }
}

/** From what to what, of the fields that change. */
function changesOf<Fields extends object>(user: User, to: Fields) {
  const before = user as unknown as Record<string, unknown>
  const changed = Object.entries(to).filter(([name, value]) => value !== before[name])
  return Object.fromEntries(changed.map(([name, value]) => [name, { from: before[name], to: value }]))
}
