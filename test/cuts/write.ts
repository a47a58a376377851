import { claimOf } from '../../app/writes/write.js'
import type { Answer, Person } from '../person.js'
import { databases } from '../system.js'

/** A write that is about to be cut: who writes what, with a key of its own. */
export interface Attempt {
  person: Person
  principal: string
  fields: Record<string, string>
  key: string
  /** Where it is sent, if not to the write's path. */
  path?: string
  /** How it is sent, if not with POST. */
  method?: 'POST' | 'PATCH'
  /** What a program sends, as JSON. */
  body?: object
  /** What a form sends as a file; it has no other fields then but its key. */
  file?: string
  /** What the same person sends at the same time. */
  beside?: Pick<Attempt, 'fields' | 'key'>[]
}

/** A kind of write: what prepares one, where it is sent, and what must be there afterwards, once. */
export interface Write {
  name: string
  path: string
  database: 'users' | 'products'
  prepare(address: string): Promise<Attempt>
  /** Of the answer, where it is not that which leads to the next page. */
  status?: number
  /** Whether it is one of those where mail is set up. */
  mail?: boolean
  /** Whether it was done before, so that it commits nothing. */
  repeated?: boolean
  /** Whether a key makes it one; else it is one by what it does, in a single statement. */
  byKey?: boolean
  isDone(attempt: Attempt, answer: Answer): Promise<void>
}

export function commits({ repeated, byKey }: Write): boolean {
  return !repeated && byKey !== false
}

/** How often the key of an attempt was claimed and the result stored with it: once, where the write was done. */
export async function countClaims(
  write: Write,
  { principal, key, path = write.path, method = 'POST' }: Attempt & { method?: string },
): Promise<number> {
  const arrival = { principal, route: `${method} ${path}`, key }
  const { id } = claimOf(arrival, {}, '')
  const rows = await databases[write.database]('idempotency_keys').where({ id }).whereNotNull('result')
  return rows.length
}
