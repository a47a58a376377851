import type { Database } from '../database/database.js'
import { Invalid } from '../errors.js'
import type { Write } from '../writes/write.js'
import { createWrites, type Work } from '../writes/writes.js'
import type { User } from './account.js'
import { createAuthentication, type Verified } from './authentication.js'

/** Writes of one's own account that ask for the password again. */
export function createConfirmation(database: Database, secret: string, replica: string) {
  const writes = createWrites(database, secret)
  const authentication = createAuthentication(database, secret, replica)

  return {
    /** Whether it is somebody's password. @throws {TooManyAttempts} */
    verify({ email }: User, password: string, write: Write): Promise<Verified> {
      return authentication.verify({ email, password }, write)
    },

    /**
     * Does a write. Whether the password was right counts after the claim: a second arrival may come when the first one has
     * changed it, and gets that one's result.
     * @param user none at a second arrival whose account is gone
     * @throws {Invalid} when the password is wrong
     */
    async once<T>(
      user: User | undefined,
      verified: Verified | undefined,
      write: Write,
      contents: object,
      work: Work<T>,
    ): Promise<T> {
      try {
        return await writes.once(write, contents, async (connection, withCommit) => {
          if (user && !verified?.right) throw wrongPassword()
          return work(connection, withCommit)
        })
      } catch (error) {
        if (error instanceof Invalid) await authentication.recordRefusal(verified?.account, 'passwordRefused', write)
        throw error
      }
    },
  }
}

/** What is said of a password that was given to confirm a write. */
export function wrongPassword(): Invalid {
  return new Invalid({ currentPassword: { message: 'problem.wrongPassword' } })
}
