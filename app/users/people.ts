import { randomBytes } from 'node:crypto'
import type { Connection } from '../database/connection.js'
import type { Database } from '../database/database.js'
import type { Deadline } from '../database/deadline.js'
import { NotFound } from '../errors.js'
import { record } from './audit.js'
import { nobodysHash } from './passwords.js'
import * as store from './people-store.js'
import { insertReset } from './reset-store.js'
import { tokenHash } from './reset-tokens.js'
import { builtInRoleIds } from './role.js'
import { insertUser } from './store.js'

/** What is done with other people's accounts by an operator, who asks nobody. */
export type People = ReturnType<typeof createPeople>

/** @param where the audit says that it was done: on which replica */
export function createPeople(database: Database, where: string) {
  return {
    /**
     * Makes somebody an administrator.
     * @throws {NotFound} where the address has no account
     */
    async makeAdministrator(email: string, deadline: Deadline): Promise<void> {
      await database.run(deadline, async (connection) => {
        const person = await store.findByEmail(connection, email)
        if (!person) throw new NotFound()
        await connection.transact(...asAdministrator(person))
      })
    },

    /**
     * The way in where nobody may register, or the only administrator has forgotten their password: makes somebody an
     * administrator, where need be with an account of their own. @returns what is in a link to choose its password
     */
    async letInAdministrator(email: string, deadline: Deadline): Promise<string> {
      const token = randomBytes(32).toString('base64url')
      await database.run(deadline, async (connection) => {
        const person = (await store.findByEmail(connection, email)) ?? (await insertPerson(connection, email))
        await connection.transact(...asAdministrator(person), insertReset(tokenHash(token), person.id))
      })
      return token
    },
  }

  function asAdministrator({ id, email }: { id: number; email: string }) {
    const subject = { kind: 'user', id, name: email } as const
    const entry = { action: 'madeAdministrator', actor: undefined, subject } as const
    return [store.setRole(id, builtInRoleIds.administrator), record({ address: '', requestId: '' }, where, entry)]
  }
}

/** Adds an account without a password, whose owner is called as their address until they say otherwise. */
async function insertPerson(connection: Connection, email: string): Promise<{ id: number; email: string }> {
  const firstName = email.split('@')[0] as string
  const user = { firstName, lastName: '', email, passwordHash: nobodysHash, roleId: builtInRoleIds.viewer }
  return { id: await insertUser(connection, user), email }
}
