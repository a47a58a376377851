import { createHash, createHmac } from 'node:crypto'

/** How long a link is good for, in seconds. */
export const resetLifetime = 30 * 60

/** What is in a link, 256 bits. Without the secret nobody can compute it from the seed. */
export function tokenOf(seed: string, secret: string): string {
  return createHmac('sha256', secret).update('password reset').update(seed).digest('base64url')
}

/** Only the hash of a token is stored. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/** The token of an address or form, or undefined where it is none. */
export function parseToken(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w-]{43}$/.test(value) ? value : undefined
}
