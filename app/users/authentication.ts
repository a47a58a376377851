import type { Database } from '../database/database.js'
import type { Write } from '../writes/write.js'
import type { Credentials } from './account.js'
import { createAttempts } from './attempts.js'
import { type Entry, record } from './audit.js'
import { expectTurn, verifyPassword } from './passwords.js'
import * as store from './store.js'

/** An account whose password was asked for, and whether it was right. */
export interface Verified {
  account: store.Account | undefined
  right: boolean
}

/** What asks for passwords: counted against guessing, and what is refused is in the audit. */
export function createAuthentication(database: Database, secret: string, replica: string) {
  const attempts = createAttempts(database, secret)

  return {
    /**
     * Takes the same time whether or not the address has an account.
     * @throws {TooManyAttempts} when wrong ones were tried too often, right or not
     */
    async verify({ email, password }: Credentials, { address, deadline }: Write): Promise<Verified> {
      expectTurn()
      const takeBack = await attempts.take(email, address, deadline)
      const account = await database.run(deadline, (connection) => store.findAccount(connection, email))
      const right = await verifyPassword(password, account?.passwordHash, deadline)
      if (right) await takeBack()
      return { account, right }
    },

    /** Says in the audit that somebody was not let in, or not let do what asks for the password again. */
    async recordRefusal(account: store.Account | undefined, action: Entry['action'], write: Write): Promise<void> {
      const subject = { kind: 'user' as const, id: account?.id, name: account?.email ?? '' }
      const entry = record(write, replica, { action, actor: undefined, subject })
      await database.run(write.deadline, (connection) => connection.transact(entry))
    },
  }
}
