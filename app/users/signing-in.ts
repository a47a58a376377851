import type { Connection } from '../database/connection.js'
import type { Database } from '../database/database.js'
import type { Deadline } from '../database/deadline.js'
import type { Locale } from '../i18n/locales.js'
import type { Write } from '../writes/write.js'
import { createWrites } from '../writes/writes.js'
import type { Browser } from './account.js'
import { ofOwnAccount, record } from './audit.js'
import * as sessionStore from './session-store.js'
import { newSeed, sessionHash, sessionIdOf } from './sessions.js'

/**
 * What a sign-in gives. `sessionId` is undefined where a second arrival finds that its session has ended since. `known`:
 * the account was there before, so that a new name was not taken over.
 */
export interface SignIn {
  sessionId: string | undefined
  known: boolean
  /** That the person chose for their account. */
  locale: Locale | null
}

/** Whose session begins, and with what. */
interface SigningIn {
  id: number
  email: string
  locale: Locale | null
  action: 'register' | 'signIn'
}

/**
 * Makes the write that starts a session, and ends the one that the browser had, in the transaction that finds or makes the account.
 * @param secret from which the ids of sessions are made, see {@link sessionIdOf}
 * @param replica which the audit and the sessions name
 */
export function createSigningIn(database: Database, secret: string, replica: string) {
  const writes = createWrites(database, secret)

  return async function signInOnce(
    contents: object,
    write: Write,
    { sessionId: replaced, userAgent }: Browser,
    account: (connection: Connection) => Promise<SigningIn>,
  ): Promise<SignIn> {
    let own: string | undefined
    const {
      seed,
      known,
      locale = null,
    } = await writes.once(write, contents, async (connection, withCommit) => {
      const { id, email, locale, action } = await account(connection)
      const seed = newSeed()
      own = seed
      if (replaced) await sessionStore.deleteSession(connection, sessionHash(replaced))
      const place = { address: write.address, replica }
      withCommit(
        sessionStore.insertSession(sessionHash(sessionIdOf(seed, secret)), id, userAgent, place),
        record(write, replica, ofOwnAccount(action, { id, email })),
      )
      return { seed, known: action === 'signIn', locale }
    })
    const sessionId = sessionIdOf(seed, secret)
    // The cookie of a session that has ended might take the place of a living one's.
    const isLive = seed === own || (await isSession(sessionId, write.deadline))
    return { sessionId: isLive ? sessionId : undefined, known, locale }
  }

  async function isSession(id: string, deadline: Deadline): Promise<boolean> {
    const [found] = await database.run(deadline, (connection) =>
      sessionStore.findSessions(connection, [sessionHash(id)]),
    )
    return found !== undefined
  }
}
