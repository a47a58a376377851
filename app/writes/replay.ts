import type { Connection } from '../database/connection.js'
import { KeyReused } from '../errors.js'
import * as store from './store.js'
import type { Claim } from './write.js'

/**
 * What the first arrival of a write came to. A claim that can be read is one whose transaction has committed, so it has
 * its result.
 * @returns undefined where nobody has claimed the key
 * @throws {KeyReused} when the first one had other contents
 */
export async function replay<T>(connection: Connection, claim: Claim): Promise<{ result: T } | undefined> {
  const found = await store.findResult(connection, claim)
  if (!found) return undefined
  if (!claim.fingerprint.equals(found.fingerprint)) throw new KeyReused()
  return { result: found.result as T }
}
