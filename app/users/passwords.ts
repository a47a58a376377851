import { createHmac } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import PQueue from 'p-queue'
import { Piscina } from 'piscina'
import type { Deadline } from '../database/deadline.js'
import { TooMany } from '../errors.js'
import { build } from '../root.js'

const cost = 12

/**
 * A hash takes a core for a quarter of a second, so it has a thread of its own, which gives way to the one that answers
 * pages in milliseconds; two where there are cores for them.
 */
const parallel = availableParallelism() < 4 ? 1 : 2
const threads = new Piscina({
  filename: fileURLToPath(new URL('app/users/hash-worker.js', build)),
  minThreads: 0,
  maxThreads: parallel,
  niceIncrement: 4,
  idleTimeout: Number.POSITIVE_INFINITY,
})
const queue = new PQueue({ concurrency: parallel })

/** Who signs in goes before who registers: many who register at once keep nobody out who has an account. */
const priority = { compare: 1, hash: 0 }
type Kind = keyof typeof priority

/** How long a hash may wait for a thread, in milliseconds; judged beforehand by how long those before it took. */
const longestWait = 5_000
let usualTime = 250

/** When a thread may be free again, in seconds. */
const retryAfter = 5

/** @throws {TooMany} when too many people sign in or register at once */
export function hashPassword(password: string, deadline: Deadline): Promise<string> {
  return run('hash', { text: prehash(password), cost }, deadline)
}

/**
 * Checks a password against a hash; without one it takes the same time and is never right,
 * so that response times do not reveal which addresses have accounts.
 * @throws {TooMany} when too many people sign in or register at once
 */
export async function verifyPassword(password: string, hash: string | undefined, deadline: Deadline): Promise<boolean> {
  const right = await run<boolean>('compare', { text: prehash(password), hash: hash ?? nobodysHash }, deadline)
  return right && hash !== undefined
}

/** A hash of cost 12 that no password has: its digest part is all zero bits. */
export const nobodysHash = `$2b$${cost}$${'.'.repeat(53)}`

/**
 * bcrypt reads 72 bytes and no more; this gives it 64 characters made from all of the password. Keyed, so that
 * plain SHA hashes leaked elsewhere cannot be tried as they are; the key is no secret, so that none can be lost.
 */
export function prehash(password: string): string {
  return createHmac('sha384', 'bodega password v1').update(password).digest('base64')
}

/**
 * For work that comes before a comparison and would be in vain.
 * @throws {TooMany} when it would wait too long
 */
export function expectTurn(kind: Kind = 'compare'): void {
  const before = kind === 'compare' ? queue.sizeBy({ priority: priority.compare }) : queue.size
  if ((before * usualTime) / parallel > longestWait) throw tooMany()
}

/** A hash whose turn comes too late, or that nobody waits for any more, is not begun. */
async function run<T>(kind: Kind, task: object, deadline: Deadline): Promise<T> {
  expectTurn(kind)
  const turn = new AbortController()
  const timer = setTimeout(() => turn.abort(tooMany()), longestWait)
  const inTurn = async () => {
    clearTimeout(timer)
    deadline.check()
    const start = performance.now()
    const result = await threads.run(task, { name: kind })
    usualTime += (performance.now() - start - usualTime) / 4
    return result as T
  }
  return deadline.bound(() => queue.add(inTurn, { priority: priority[kind], signal: turn.signal }))
}

function tooMany(): TooMany {
  return new TooMany('too many passwords to hash', retryAfter)
}
