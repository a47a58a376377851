import { createHmac } from 'node:crypto'
import type { Database } from '../database/database.js'
import type { Deadline } from '../database/deadline.js'
import { Disabled, Taken, WrongCredentials } from '../errors.js'
import type { Write } from '../writes/write.js'
import { createWrites } from '../writes/writes.js'
import { type Browser, type Credentials, emailKey, type Registration, type User } from './account.js'
import { createAdmission, type RegistrationRules } from './admission.js'
import { ofOwnAccount, record } from './audit.js'
import { createAuthentication } from './authentication.js'
import { hashPassword } from './passwords.js'
import { tokenHash } from './reset-tokens.js'
import * as sessionStore from './session-store.js'
import { sessionHash } from './sessions.js'
import { createSigningIn, type SignIn } from './signing-in.js'
import * as store from './store.js'

/** What people do with their accounts and sessions. */
export type Accounts = ReturnType<typeof createAccounts>

/**
 * @param secret from which the ids of sessions are made, see sessionIdOf of sessions.ts
 * @param replica which the audit and the sessions name
 * @param rules of who may register
 */
export function createAccounts(database: Database, secret: string, replica: string, rules: RegistrationRules) {
  const writes = createWrites(database, secret)
  const authentication = createAuthentication(database, secret, replica)
  const admission = createAdmission(database, rules)
  const signInOnce = createSigningIn(database, secret, replica)
  const lookUpSession = database.batched(sessionStore.findSessions)
  const lookUpName = database.batched(store.findNames)

  return {
    /** People's names, in the order of their numbers; those who have no account any more have none. */
    namesOf(ids: number[], deadline: Deadline): Promise<(string | undefined)[]> {
      return Promise.all(ids.map((id) => lookUpName(id, deadline)))
    },

    /**
     * Makes an account and signs its owner in. Registering again with the right password just signs in,
     * so that a form sent twice is no error.
     * @param invitation what is in its link, where they come by one
     * @throws {Taken} when the address has an account with another password
     * @throws {TooManyAttempts} when other passwords were tried too often
     * @throws {RegistrationClosed}, and {LinkOver} when the invitation is over
     */
    async register(
      registration: Registration,
      invitation: string | undefined,
      write: Write,
      browser: Browser,
    ): Promise<SignIn> {
      const { password, ...names } = registration
      const isExpected = await admission.isExpected(invitation, write.deadline)
      const passwordHash = isExpected ? await hashPassword(password, write.deadline) : ''
      const contents = invitation === undefined ? registration : { ...registration, invitation }
      try {
        return await signInOnce(contents, write, browser, async (connection) => {
          const hash = invitation === undefined ? undefined : tokenHash(invitation)
          const id = await admission.admit(connection, { ...names, passwordHash }, hash)
          return { id, email: names.email, locale: null, action: 'register' }
        })
      } catch (error) {
        if (!(error instanceof Taken)) throw error
        const account = await authenticate(registration, write)
        if (!account) throw error
        return await signInOnce(contents, write, browser, async () => ({ ...account, action: 'signIn' }))
      }
    },

    /**
     * @throws {WrongCredentials} after the same time whether or not the address has an account
     * @throws {Disabled} when they are right, and the person may not sign in
     * @throws {TooManyAttempts} when wrong ones were tried too often, right or not
     */
    async signIn(credentials: Credentials, write: Write, browser: Browser): Promise<SignIn> {
      const account = await authenticate(credentials, write)
      if (!account) throw new WrongCredentials()
      return signInOnce(credentials, write, browser, async () => ({ ...account, action: 'signIn' }))
    },

    /** Ends a session; one that has ended already is no error. @param user whose it is, where it has not ended */
    async signOut(idHash: Buffer, user: User | undefined, write: Write): Promise<void> {
      await writes.once(write, {}, async (connection, withCommit) => {
        const ended = await sessionStore.deleteSession(connection, idHash)
        if (user && ended > 0) withCommit(record(write, replica, ofOwnAccount('signOut', user)))
        return {}
      })
    },

    findSession,

    /** Lets a session in use last longer, up to a week after its sign-in. */
    extendSession(id: string, deadline: Deadline): Promise<void> {
      return database.run(deadline, (connection) => sessionStore.extendSession(connection, sessionHash(id)))
    },

    /** Notes when and where a session is used, as its owner sees it. */
    noteSeen(id: string, address: string, deadline: Deadline): Promise<void> {
      return database.run(deadline, (connection) =>
        sessionStore.noteSeen(connection, sessionHash(id), { address, replica }),
      )
    },

    /** Which of these sessions have not ended, for connections that last longer than a request. */
    async findLiveSessions(ids: string[], deadline: Deadline): Promise<Set<string>> {
      const found = await Promise.all(ids.map((id) => findSession(id, deadline)))
      return new Set(ids.filter((_, index) => found[index]))
    },

    /** What stands for an account in the log: always the same for one, and without the secret nobody's. */
    pseudonymOf(email: string): string {
      return createHmac('sha256', secret).update('log').update(emailKey(email)).digest('base64url').slice(0, 16)
    },
  }

  /** The session's user and when it expires, or undefined where it has ended. */
  function findSession(id: string, deadline: Deadline): Promise<sessionStore.SessionRow | undefined> {
    return lookUpSession(sessionHash(id), deadline)
  }

  /**
   * Whose credentials they are, or undefined where they are nobody's.
   * @throws {Disabled} where the person may not sign in
   */
  async function authenticate(credentials: Credentials, write: Write): Promise<store.Account | undefined> {
    const { account, right } = await authentication.verify(credentials, write)
    if (right && !account?.disabled) return account
    await authentication.recordRefusal(account, 'signInFailed', write)
    if (right) throw new Disabled()
    return undefined
  }
}
