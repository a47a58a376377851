import type { Database } from '../database/database.js'
import type { Deadline } from '../database/deadline.js'
import { NotFound } from '../errors.js'
import { record } from './audit.js'
import * as store from './people-store.js'
import { builtInRoleIds } from './role.js'

/** What is done with other people's accounts. */
export type People = ReturnType<typeof createPeople>

/** @param where the audit says that it was done: on which replica */
export function createPeople(database: Database, where: string) {
  return {
    /**
     * Makes somebody an administrator: the way in for an operator, who asks nobody.
     * @throws {NotFound} where the address has no account
     */
    async makeAdministrator(email: string, deadline: Deadline): Promise<void> {
      await database.run(deadline, async (connection) => {
        const person = await store.findByEmail(connection, email)
        if (!person) throw new NotFound()
        const entry = {
          action: 'madeAdministrator' as const,
          actor: undefined,
          subject: { kind: 'user' as const, id: person.id, name: person.email },
        }
        await connection.transact(
          store.setRole(person.id, builtInRoleIds.administrator),
          record({ address: '', requestId: '' }, where, entry),
        )
      })
    },
  }
}
