import type { Knex } from 'knex'
import { patiently } from '../databases.js'
import { Taken, WrongCredentials } from '../errors.js'
import { once, type Write } from '../once.js'
import { hashPassword, verifyPassword } from './passwords.js'
import { endSession, findSession, livingSessions, sessionIdOf, startSession } from './sessions.js'
import * as store from './store.js'
import type { Credentials, Registration, User } from './user.js'

/** The acts of people with accounts. Each sign-in gives the id of the session that it started. */
export type Accounts = ReturnType<typeof createAccounts>

/** @param secret from which the ids of sessions are made, see {@link sessionIdOf} */
export function createAccounts(database: Knex, secret: string) {
  return {
    /**
     * Makes an account and signs its owner in. Registering again with the right password just signs in,
     * so that a form sent twice is no error.
     * @throws {Taken} when the address has an account with another password
     */
    async register(registration: Registration, write: Write): Promise<string> {
      const { password, ...names } = registration
      const passwordHash = await hashPassword(password)
      const sessionId = sessionIdOf(write, secret)
      try {
        await once(database, write, async (transaction) => {
          const userId = await store.insertUser(transaction, { ...names, passwordHash })
          await startSession(transaction, sessionId, userId)
          return { userId }
        })
        return sessionId
      } catch (error) {
        if (!(error instanceof Taken)) throw error
        return await this.signIn(registration, write).catch((cause) => {
          throw cause instanceof WrongCredentials ? error : cause
        })
      }
    },

    /** @throws {WrongCredentials} after the same time whether or not the address has an account */
    async signIn({ email, password }: Credentials, write: Write): Promise<string> {
      const account = await patiently(() => store.findAccount(database, email))
      if (!(await verifyPassword(password, account?.passwordHash)) || !account) throw new WrongCredentials()
      const sessionId = sessionIdOf(write, secret)
      await once(database, write, async (transaction) => {
        await startSession(transaction, sessionId, account.id)
        return { userId: account.id }
      })
      return sessionId
    },

    /** Whose session it is, or undefined where it has ended. */
    async userOf(sessionId: string): Promise<User | undefined> {
      return (await findSession(database, sessionId))?.user
    },

    async signOut(sessionId: string, write: Write): Promise<void> {
      await once(database, write, async (transaction) => {
        await endSession(transaction, sessionId)
        return {}
      })
    },

    /** Which of these sessions have not ended; for connections that last longer than a request. */
    livingSessions(ids: string[]): Promise<Set<string>> {
      return livingSessions(database, ids)
    },
  }
}
