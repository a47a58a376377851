import { createHmac } from 'node:crypto'
import bcrypt from 'bcrypt'
import pLimit from 'p-limit'
import { NotExecuted } from '../errors.js'

const cost = 12

/**
 * A hash takes a core for a quarter of a second, and the threads it runs on also read files and look up names.
 * Two at a time leave room for them; past the queue's end the request is another replica's.
 */
const gate = pLimit(2)
const longestQueue = 40

/** @throws {NotExecuted} when too many people sign in or register at once */
export function hashPassword(password: string): Promise<string> {
  return gated(() => bcrypt.hash(condense(password), cost))
}

/**
 * Checks a password against a hash; without one it takes the same time and is never right,
 * so that the time of an answer does not tell which addresses have accounts.
 * @throws {NotExecuted} when too many people sign in or register at once
 */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const right = await gated(() => bcrypt.compare(condense(password), hash ?? nobodysHash))
  return right && hash !== undefined
}

/** A hash of cost 12 that no password has: its digest part is all zero bits. */
const nobodysHash = `$2b$${cost}$${'.'.repeat(53)}`

/**
 * bcrypt reads 72 bytes and no more; this gives it 64 characters made from all of the password. Keyed, so that
 * plain SHA hashes leaked elsewhere cannot be tried as they are; the key is no secret, so that none can be lost.
 */
function condense(password: string): string {
  return createHmac('sha384', 'bodega password v1').update(password).digest('base64')
}

function gated<T>(hash: () => Promise<T>): Promise<T> {
  if (gate.pendingCount >= longestQueue) throw new NotExecuted('too many passwords to hash')
  return gate(hash)
}
