import { randomBytes } from 'node:crypto'
import type { Database } from '../../database/database.js'
import type { Deadline } from '../../database/deadline.js'
import { NotSignedIn } from '../../errors.js'
import type { Write } from '../../writes/write.js'
import type { User } from '../account.js'
import { ofOwnAccount, record } from '../audit.js'
import type { SigningKeys } from '../keys/signing-keys.js'
import { findSessions } from '../session-store.js'
import { sessionHash } from '../sessions.js'
import { accessTokenLifetime, signAccessToken, verifyAccessToken } from './access-tokens.js'
import { isGenuine, parseRefreshToken, refreshTokenOf } from './refresh-tokens.js'
import * as store from './store.js'

/** What programs are signed in by: a session's tokens. What ends the session ends them, with the next request. */
export type Tokens = ReturnType<typeof createTokens>

export interface Issued {
  accessToken: string
  /** How long that is good from when it was issued, in seconds. */
  expiresIn: number
  refreshToken: string
}

/**
 * @param secret without which nobody makes a refresh token
 * @param replica which the audit and the sessions name
 */
export function createTokens(database: Database, keys: SigningKeys, secret: string, replica: string) {
  const lookUpSession = database.batched(findSessions)

  return {
    /** The first tokens of a session, the same ones each time. @throws {NotSignedIn} where it has ended */
    async begin(sessionId: string, deadline: Deadline): Promise<Issued> {
      const idHash = sessionHash(sessionId)
      const seed = randomBytes(32)
      const family = await database.run(deadline, async (connection) => {
        await store.beginFamily(connection, idHash, seed)
        return store.findFamily(connection, idHash)
      })
      if (!family) throw new NotSignedIn()
      return issue(idHash, { ...family, generation: 1 }, deadline)
    },

    /**
     * Gives the next tokens for a refresh token, which is used up: used again, it is somebody else's copy, and the session
     * ends. Within {@link store.sameAnswerFor} it gets the same answer instead, on whichever replica, so that it needs no key.
     * @throws {NotSignedIn} where it is none, or its session has ended
     */
    async refresh(token: string, write: Pick<Write, 'address' | 'requestId' | 'deadline'>): Promise<Issued> {
      const given = parseRefreshToken(token)
      if (!given) throw new NotSignedIn()
      const { idHash, generation } = given
      const next = await database.run(write.deadline, async (connection) => {
        const before = await store.findFamily(connection, idHash)
        if (!before || !isGenuine(given, before.seed, secret)) throw new NotSignedIn()
        await store.rotate(connection, idHash, generation, { address: write.address, replica })
        const family = await store.findFamily(connection, idHash)
        if (!family) throw new NotSignedIn()
        if (family.generation === generation + 1 && family.recent) return family
        const entry = ofOwnAccount('refreshTokenReused', { id: before.userId, email: before.email })
        await connection.transact(store.endSession(idHash), record(write, replica, { ...entry, actor: undefined }))
        return undefined
      })
      if (!next) throw new NotSignedIn()
      return issue(idHash, next, write.deadline)
    },

    /** Whose access token it is, with what they may do by now; undefined where it is nobody's, or its session has ended. */
    async authenticate(token: string, deadline: Deadline): Promise<{ user: User; idHash: Buffer } | undefined> {
      const found = await verify(token, deadline)
      return found?.user && { user: found.user, idHash: found.idHash }
    },

    verify,
  }

  /** Of which session an access token is; without a user where that has ended. */
  async function verify(
    token: string,
    deadline: Deadline,
  ): Promise<{ user: User | undefined; idHash: Buffer } | undefined> {
    const bearer = await verifyAccessToken(keys, token, deadline)
    if (!bearer) return undefined
    const { userId, idHash } = bearer
    const session = await lookUpSession(idHash, deadline)
    return { user: session?.user.id === userId ? session.user : undefined, idHash }
  }

  async function issue(
    idHash: Buffer,
    { userId, seed, generation, refreshedAt }: store.Family,
    deadline: Deadline,
  ): Promise<Issued> {
    const accessToken = await signAccessToken(keys, { userId, idHash }, generation, refreshedAt, deadline)
    const refreshToken = refreshTokenOf(idHash, seed, generation, secret)
    return { accessToken, expiresIn: accessTokenLifetime, refreshToken }
  }
}
