import { createHash, createHmac } from 'node:crypto'
import type { Deadline } from '../database/deadline.js'

/** What two arrivals of one write have in common. */
interface Arrival {
  /** Who writes; keys of different people never meet. The same at every arrival, so nothing that the write itself ends. */
  principal: string
  /** Method and path; keys of different forms do not meet either. */
  route: string
  key: string
}

/** A write as it arrived. */
export interface Write extends Arrival {
  /** Of the network, as the proxy saw it. */
  address: string
  /** Which nginx gave it; a client's second arrival has another. */
  requestId: string
  deadline: Deadline
}

/** What identifies a write in the database: its key, and a fingerprint to compare the contents of two arrivals. */
export interface Claim {
  id: Buffer
  fingerprint: Buffer
}

/** @param secret keys the fingerprint, which covers passwords: without it the stored value would allow guessing them */
export function claimOf({ principal, route, key }: Arrival, contents: unknown, secret: string): Claim {
  return {
    id: createHash('sha256')
      .update(JSON.stringify([principal, route, key]))
      .digest(),
    fingerprint: createHmac('sha256', secret)
      .update(JSON.stringify([route, contents]))
      .digest(),
  }
}
