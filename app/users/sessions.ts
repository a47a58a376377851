import { createHash, createHmac, randomBytes } from 'node:crypto'

/** How long a session lasts without being used, and how long at most, in seconds. */
export const sessionTimeout = { idle: 8 * 3600, absolute: 7 * 24 * 3600 }

/** How often it is noted when and where a session is used, in seconds: not with each page, which would make it a write. */
export const seenEvery = 300

/**
 * What a session's id is made from. It is kept with the result of the sign-in, so that the second arrival of that write
 * gives the same cookie as the first, and it is new with each sign-in that is really done, so that no request, however
 * old, brings a session back that was ended.
 */
export function newSeed(): string {
  return randomBytes(32).toString('base64url')
}

/** The id in the cookie, 256 bits. Without the secret nobody can compute it from the seed. */
export function sessionIdOf(seed: string, secret: string): string {
  return createHmac('sha256', secret).update('session').update(seed).digest('base64url')
}

/** Only the hash of an id is stored, so that a copy of the database signs nobody in. */
export function sessionHash(id: string): Buffer {
  return createHash('sha256').update(id).digest()
}
