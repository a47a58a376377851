import { createHmac, timingSafeEqual } from 'node:crypto'

/** A refresh token taken apart. */
export interface RefreshToken {
  idHash: Buffer
  generation: number
  proof: Buffer
}

/**
 * The refresh token of a generation. Nothing of it is stored: it is made from the session's seed, 256 random bits, with a
 * secret that is not in the database, so that the same one can be made again, and a used one told from a made-up one.
 */
export function refreshTokenOf(idHash: Buffer, seed: Buffer, generation: number, secret: string): string {
  return [idHash.toString('base64url'), generation, proofOf(seed, generation, secret).toString('base64url')].join('.')
}

/** @returns undefined where it is none */
export function parseRefreshToken(text: string): RefreshToken | undefined {
  const [, id, generation, proof] = /^([\w-]{43})\.([1-9]\d{0,8})\.([\w-]{43})$/.exec(text) ?? []
  if (!id || !proof) return undefined
  return {
    idHash: Buffer.from(id, 'base64url'),
    generation: Number(generation),
    proof: Buffer.from(proof, 'base64url'),
  }
}

/** Whether a token was ever given out. */
export function isGenuine({ generation, proof }: RefreshToken, seed: Buffer, secret: string): boolean {
  return timingSafeEqual(proof, proofOf(seed, generation, secret))
}

function proofOf(seed: Buffer, generation: number, secret: string): Buffer {
  return createHmac('sha256', secret).update('refresh').update(seed).update(String(generation)).digest()
}
