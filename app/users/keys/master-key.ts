import { createHash } from 'node:crypto'
import type { Deadline } from '../../database/deadline.js'
import { keyFrom, open, seal } from './sealing.js'

/** What wraps the data keys, and is in no database. */
export interface MasterKey {
  /** Which one it is, as `data_keys` says of each that it wrapped. */
  name: string
  wrap(dataKey: Buffer, deadline: Deadline): Promise<Buffer>
  /** @throws {Error} where another one wrapped it */
  unwrap(wrapped: Buffer, deadline: Deadline): Promise<Buffer>
}

/** A master key made from a setting. */
export function localMasterKey(secret: string): MasterKey {
  const key = keyFrom(secret, 'bodega master key')
  return {
    name: `local ${createHash('sha256').update('name').update(key).digest('hex').slice(0, 16)}`,
    wrap: async (dataKey) => seal(key, dataKey, 'data key'),
    unwrap: async (wrapped) => open(key, wrapped, 'data key'),
  }
}
