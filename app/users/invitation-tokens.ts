import { createHmac } from 'node:crypto'

/** How long an invitation is good for, in seconds. */
export const invitationLifetime = 7 * 24 * 3600

/** What is in an invitation's link, 256 bits. Without the secret nobody can compute it from the seed, see newSeed of sessions.ts. */
export function invitationTokenOf(seed: string, secret: string): string {
  return createHmac('sha256', secret).update('invitation').update(seed).digest('base64url')
}
