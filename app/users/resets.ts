import * as z from 'zod'
import type { Database } from '../database/database.js'
import type { Deadline } from '../database/deadline.js'
import { LinkOver } from '../errors.js'
import type { Locale } from '../i18n/locales.js'
import { parse } from '../input/schemas.js'
import type { Write } from '../writes/write.js'
import { createWrites } from '../writes/writes.js'
import { emailAddress, isMoreThanOwn, newPassword, ownWords } from './account.js'
import { createAttempts } from './attempts.js'
import { ofOwnAccount, record } from './audit.js'
import { enqueue } from './mail/outbox.js'
import { hashPassword } from './passwords.js'
import * as store from './reset-store.js'
import { resetLifetime, tokenHash, tokenOf } from './reset-tokens.js'
import { deleteAllSessions } from './session-store.js'
import { newSeed } from './sessions.js'
import { setPassword } from './store.js'

/** Links by which people who forgot their password choose another. */
export type Resets = ReturnType<typeof createResets>

/** @throws {Invalid} */
export function parseResetRequest(values: unknown): { email: string } {
  return parse(z.object({ email: emailAddress }), values)
}

/** @throws {Invalid} where the new password breaks the rules, its owner's names among them */
export function parseNewPassword(values: unknown, owner: Omit<store.Owner, 'id'>): string {
  const rule = z.object({ newPassword }).refine((it) => isMoreThanOwn(it.newPassword, owner), ownWords('newPassword'))
  return parse(rule, values).newPassword
}

/** @param replica which the audit names */
export function createResets(database: Database, secret: string, replica: string) {
  const writes = createWrites(database, secret)
  const attempts = createAttempts(database, secret)

  return {
    /**
     * Has a link sent where the address has an account. Nothing that is answered tells whether it has.
     * @param locale in which the mail is written
     * @throws {TooManyAttempts} when somebody asks for very many
     */
    async request({ email }: { email: string }, locale: Locale, write: Write): Promise<void> {
      await attempts.takeReset(write.address, write.deadline)
      await writes.once(write, { email }, async (connection, withCommit) => {
        const owner = await store.findForReset(connection, email)
        if (!owner) return {}
        const seed = newSeed()
        withCommit(
          store.insertReset(tokenHash(tokenOf(seed, secret)), owner.id),
          enqueue({ kind: 'passwordReset', recipient: owner.email, locale, seed }, resetLifetime),
          record(write, replica, { ...ofOwnAccount('resetRequested', owner), actor: undefined }),
        )
        return {}
      })
    },

    /** Whether a link is still good. */
    async isOpen(token: string, deadline: Deadline): Promise<boolean> {
      return (await find(token, deadline))?.open === 1
    },

    /**
     * Sets another password, and ends all sessions of the account.
     * @param values of the form, whose rules depend on whose link it is
     * @throws {LinkOver} when the link was used or is too old
     * @throws {Invalid}
     */
    async reset(token: string, values: unknown, write: Write): Promise<void> {
      const owner = await find(token, write.deadline)
      if (!owner) throw new LinkOver()
      const password = parseNewPassword(values, owner)
      // The second arrival finds the link used, and gets the first one's result.
      const passwordHash = owner.open ? await hashPassword(password, write.deadline) : ''
      await writes.once(write, { password }, async (connection, withCommit) => {
        if (!owner.open || !(await store.useReset(connection, tokenHash(token), owner.id))) throw new LinkOver()
        await deleteAllSessions(connection, owner.id)
        withCommit(setPassword(owner.id, passwordHash), record(write, replica, ofOwnAccount('passwordReset', owner)))
        return {}
      })
    },
  }

  function find(token: string, deadline: Deadline) {
    return database.run(deadline, (connection) => store.findReset(connection, tokenHash(token)))
  }
}
