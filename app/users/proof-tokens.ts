import { createHash, createHmac } from 'node:crypto'

/** How long an address can be proved, in seconds. */
export const proofLifetime = 24 * 3600

/** What is in the link that proves an address, 256 bits. Without the secret nobody can compute it from the seed. */
export function proofTokenOf(seed: string, secret: string): string {
  return createHmac('sha256', secret).update('address').update(seed).digest('base64url')
}

/** What tells whether a password is still the one by which something was asked for. */
export function passwordMark(passwordHash: string): Buffer {
  return createHash('sha256').update(passwordHash).digest()
}
