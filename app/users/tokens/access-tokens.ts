import { errors, type JWTHeaderParameters, jwtVerify, SignJWT } from 'jose'
import type { Deadline } from '../../database/deadline.js'
import type { SigningKeys } from '../keys/signing-keys.js'

/** How long an access token is good, in seconds. */
export const accessTokenLifetime = 600

/** How far the clocks of replicas and database may be apart, in seconds. */
const clockTolerance = 10

const terms = { issuer: 'bodega', audience: 'bodega' }
const typ = 'at+jwt'

/** Whose access token it is, and of which session: whether that has ended is another question. */
export interface Bearer {
  userId: number
  idHash: Buffer
}

/**
 * Signs an access token (RFC 9068), always the same one for the same time and session.
 * @param issuedAt by the database's clock
 */
export async function signAccessToken(
  keys: SigningKeys,
  { userId, idHash }: Bearer,
  generation: number,
  issuedAt: Date,
  deadline: Deadline,
): Promise<string> {
  const { kid, privateKey } = await keys.signerAt(issuedAt, deadline)
  const seconds = Math.floor(issuedAt.getTime() / 1000)
  const sid = idHash.toString('base64url')
  return new SignJWT({ sid })
    .setProtectedHeader({ alg: 'EdDSA', kid, typ })
    .setIssuer(terms.issuer)
    .setAudience(terms.audience)
    .setSubject(String(userId))
    .setJti(`${sid}.${generation}`)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + accessTokenLifetime)
    .sign(privateKey)
}

/** A header is 16 KB long at most; a token of ours is 500 characters. */
const longestToken = 1_000

/** @returns undefined where it is none of ours, or over */
export async function verifyAccessToken(
  keys: SigningKeys,
  token: string,
  deadline: Deadline,
): Promise<Bearer | undefined> {
  if (token.length > longestToken) return undefined
  try {
    const { payload } = await jwtVerify(token, keyOf, { ...terms, typ, algorithms: ['EdDSA'], clockTolerance })
    return { userId: Number(payload.sub), idHash: Buffer.from(String(payload.sid), 'base64url') }
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }

  async function keyOf({ kid }: JWTHeaderParameters) {
    const key = typeof kid === 'string' ? await keys.verifierOf(kid, deadline) : undefined
    if (!key) throw new errors.JWKSNoMatchingKey()
    return key
  }
}
