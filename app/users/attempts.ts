import { createHmac } from 'node:crypto'
import ipaddr from 'ipaddr.js'
import type { Database } from '../database/database.js'
import type { Deadline } from '../database/deadline.js'
import { TooManyAttempts } from '../errors.js'
import { emailKey } from './account.js'
import * as store from './attempt-store.js'

const minute = 60
const hour = 60 * minute

/** Of an account from one address, so that nobody keeps its owner out from elsewhere. */
const ofAccount: store.Limit = {
  free: 10,
  pauseAfter: (count) => Math.min(hour, minute * 2 ** (count - 10)),
  memory: 24 * hour,
}

/** How long those that were counted last may turn out right, in seconds: they wait for their turn to be hashed. */
const settling = 5

/** From one address, whatever the account: as many as a large office mistypes, and as replicas that die leave counted. */
const ofAddress: store.Limit = { free: 300, pauseAfter: () => 15 * minute, memory: 15 * minute }

/** Asking for links by mail, from one address. */
const ofResets: store.Limit = { free: 30, pauseAfter: () => 15 * minute, memory: 15 * minute }

/** Who keeps passwords from being guessed. */
export type Attempts = ReturnType<typeof createAttempts>

/** Limits the guessing of passwords. The counts are in the database, so the limits hold over all replicas. */
export function createAttempts(database: Database, secret: string) {
  return {
    /**
     * Counts an attempt at an account's password, before it is known whether it is right, so that many at once are no
     * more than one after the other. Where it would be one too many, it waits for what becomes of the last ones.
     * @param address of who tries
     * @returns takes it back, as is done when it was right
     * @throws {TooManyAttempts} when there were too many
     */
    async take(email: string, address: string, deadline: Deadline): Promise<() => Promise<void>> {
      const [network, account] = [networkOf(address), emailKey(email)]
      const own = { id: idOf('account', account, network), limit: ofAccount }
      const all = { id: idOf('address', network), limit: ofAddress }
      while (!(await isCounted([own, all], deadline))) await deadline.pause(100 + Math.random() * 200)
      return () => database.run(deadline, (connection) => store.takeBack(connection, own, all))
    },

    /** Counts that somebody asks for a link. @throws {TooManyAttempts} when there were too many */
    async takeReset(address: string, deadline: Deadline): Promise<void> {
      const counted = [{ id: idOf('reset', networkOf(address)), limit: ofResets }]
      await database.run(deadline, (connection) => store.take(connection, counted))
    },
  }

  /** @throws {TooManyAttempts} where the last ones are known to be wrong */
  async function isCounted(counted: store.Counted[], deadline: Deadline): Promise<boolean> {
    try {
      await database.run(deadline, (connection) => store.take(connection, counted))
      return true
    } catch (error) {
      if (error instanceof TooManyAttempts && error.since < settling) return false
      throw error
    }
  }

  /** Keyed, so that the table tells nobody who tried to sign in. */
  function idOf(...names: string[]): Buffer {
    return createHmac('sha256', secret).update('attempts').update(JSON.stringify(names)).digest()
  }
}

/** What one person has of an address: of IPv6, the network of 64 bits. */
function networkOf(address: string): string {
  const parsed = ipaddr.process(address)
  return parsed.kind() === 'ipv4' ? parsed.toString() : parsed.toByteArray().slice(0, 8).join('.')
}
