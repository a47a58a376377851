import { createHash, createHmac } from 'node:crypto'
import type { Database } from '../../database/database.js'
import type { Deadline } from '../../database/deadline.js'
import { Invalid } from '../../errors.js'
import type { Write } from '../../writes/write.js'
import { createWrites } from '../../writes/writes.js'
import type { User } from '../account.js'
import { ofOwnAccount, record } from '../audit.js'
import { createConfirmation } from '../confirmation.js'
import { newSeed } from '../sessions.js'
import type { PersonalTokenDraft } from './personal-input.js'
import * as store from './personal-store.js'

/** Tokens that people make for programs of their own, which do not sign in: each with a name, what it allows, and an end. */
export type PersonalTokens = ReturnType<typeof createPersonalTokens>

/** More than anybody keeps apart. */
const mostTokens = 50

/** By this, scanners for secrets find a token that was published. */
const prefix = 'bodega_'

/** @param replica which the audit names */
export function createPersonalTokens(database: Database, secret: string, replica: string) {
  const writes = createWrites(database, secret)
  const confirmation = createConfirmation(database, secret, replica)
  const lookUp = database.batched(store.findBearers)

  return {
    list({ id }: User, deadline: Deadline): Promise<store.PersonalToken[]> {
      return database.run(deadline, (connection) => store.findTokens(connection, id))
    },

    /**
     * Makes a token. @returns it, which is told to nobody again but to a second arrival of this write
     * @throws {Invalid} when the password is wrong, or there are too many
     */
    async make(user: User, { currentPassword, ...draft }: PersonalTokenDraft, write: Write): Promise<string> {
      const verified = await confirmation.verify(user, currentPassword, write)
      const { seed } = await confirmation.once(user, verified, write, draft, async (connection, withCommit) => {
        if ((await store.countTokens(connection, user.id)) >= mostTokens) {
          throw new Invalid({ name: { message: 'tokens.problem.tooMany', values: { most: mostTokens } } })
        }
        const seed = newSeed()
        const tokenHash = hashOf(tokenOf(seed, secret))
        const { name, days } = draft
        await store.insertToken(connection, { tokenHash, userId: user.id, name, scopes: draft.scopes.join(' '), days })
        const changes = { name: { from: null, to: name }, scopes: { from: [], to: draft.scopes } }
        withCommit(record(write, replica, ofOwnAccount('tokenMade', user, changes)))
        return { seed }
      })
      return tokenOf(seed, secret)
    },

    /** Ends a token with the next request; one that has ended already is no error. */
    async revoke(user: User, id: number, write: Write): Promise<void> {
      await writes.once(write, {}, async (connection, withCommit) => {
        const name = await store.deleteToken(connection, user.id, id)
        if (name === undefined) return {}
        withCommit(record(write, replica, ofOwnAccount('tokenRevoked', user, { name: { from: name, to: null } })))
        return {}
      })
    },

    /** Whose token it is, with what it allows; undefined where it is nobody's, or over. */
    async authenticate(token: string, deadline: Deadline): Promise<store.Bearer | undefined> {
      return isPersonal(token) ? lookUp(hashOf(token), deadline) : undefined
    },

    /** Notes when a token is used, as its owner sees it. */
    noteUsed({ tokenId }: store.Bearer, deadline: Deadline): Promise<void> {
      return database.run(deadline, (connection) => store.noteTokenUsed(connection, tokenId))
    },
  }
}

/** Whether a token is one of these, whoever's. */
export function isPersonal(token: string): boolean {
  return /^bodega_[\w-]{43}$/.test(token)
}

function tokenOf(seed: string, secret: string): string {
  return prefix + createHmac('sha256', secret).update('personal token').update(seed).digest('base64url')
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
