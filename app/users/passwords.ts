import { createHmac } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { NotExecuted } from '../errors.js'
import { build } from '../root.js'

const cost = 12

/**
 * A hash takes a core for a quarter of a second, so it has a thread of its own, which gives way to the one that answers
 * pages in milliseconds; two where there are cores for them, and past the queue's end the request is another replica's.
 */
const threads = new Piscina({
  filename: fileURLToPath(new URL('app/users/hash-worker.js', build)),
  minThreads: 0,
  maxThreads: availableParallelism() < 4 ? 1 : 2,
  niceIncrement: 4,
  idleTimeout: Number.POSITIVE_INFINITY,
})
const longestQueue = 40

/** @throws {NotExecuted} when too many people sign in or register at once */
export function hashPassword(password: string): Promise<string> {
  return run('hash', { text: condense(password), cost })
}

/**
 * Checks a password against a hash; without one it takes the same time and is never right,
 * so that the time of an answer does not tell which addresses have accounts.
 * @throws {NotExecuted} when too many people sign in or register at once
 */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  const right = await run<boolean>('compare', { text: condense(password), hash: hash ?? nobodysHash })
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

async function run<T>(name: 'hash' | 'compare', task: object): Promise<T> {
  if (threads.queueSize >= longestQueue) throw new NotExecuted('too many passwords to hash')
  return threads.run(task, { name })
}
