import { createHash, createHmac } from 'node:crypto'
import type { Deadline } from '../database/deadline.js'

/** A write as it arrived. Two arrivals of one write have the same principal, route and key. */
export interface Write {
  /** Who writes; keys of different people never meet. The same at every arrival, so nothing that the write itself ends. */
  principal: string
  /** Method and path; keys of different forms do not meet either. */
  route: string
  key: string
  deadline: Deadline
}

/** What identifies a write in the database: its key, and a fingerprint to compare the contents of two arrivals. */
export interface Claim {
  id: Buffer
  fingerprint: Buffer
}

/** @param secret keys the fingerprint, which covers passwords: without it the stored value would allow guessing them */
export function claimOf({ principal, route, key }: Write, contents: unknown, secret: string): Claim {
  return {
    id: createHash('sha256')
      .update(JSON.stringify([principal, route, key]))
      .digest(),
    fingerprint: createHmac('sha256', secret)
      .update(JSON.stringify([route, contents]))
      .digest(),
  }
}
