import type { Connection } from '../database/connection.js'
import type { Database, Databases } from '../database/database.js'
import { Deadline } from '../database/deadline.js'
import { deleteOldHeartbeats } from '../monitoring/store.js'
import { deleteLeft } from '../products/archive/store.js'
import { deleteOldImports } from '../products/import/old-imports.js'
import { workOnImports } from '../products/import/work.js'
import { indexChanged, indexNext } from '../products/search/indexing.js'
import { repairSearchText } from '../products/search/store.js'
import { deleteOldAttempts } from '../users/attempt-store.js'
import { deleteOldInvitations } from '../users/invitation-store.js'
import { deleteOldKeys } from '../users/keys/store.js'
import { deleteExpiredMails } from '../users/mail/outbox.js'
import { deleteOldProofs } from '../users/proof-store.js'
import { deleteOldResets } from '../users/reset-store.js'
import { deleteExpiredSessions } from '../users/session-store.js'
import { deleteExpiredTokens } from '../users/tokens/personal-store.js'
import { deleteOldClaims } from '../writes/store.js'
import type { Job } from './jobs.js'

const seconds = 1_000
const minutes = 60 * seconds

/** Rows a statement: small enough to disturb nobody. */
const batch = 500

/**
 * Sweeps of what is past its time, repairs of what a replica of an older version wrote, and what people wait for.
 * @param replica which imports say of who works on them
 * @param sendDueMails where mail is set up
 */
export function housekeeping(
  { users, products }: Databases,
  replica: string,
  sendDueMails: (() => Promise<void>) | undefined,
): Job[] {
  return [
    sweep('keys of users', users, deleteOldClaims),
    sweep('keys of products', products, deleteOldClaims),
    sweep('imports', products, deleteOldImports),
    sweep('sessions', users, deleteExpiredSessions),
    sweep('attempts', users, deleteOldAttempts),
    sweep('password resets', users, deleteOldResets),
    sweep('personal tokens', users, deleteExpiredTokens),
    sweep('address proofs', users, deleteOldProofs),
    sweep('signing keys', users, deleteOldKeys),
    sweep('invitations', users, deleteOldInvitations),
    sweep('mails', users, deleteExpiredMails),
    sweep('heartbeats', users, deleteOldHeartbeats),
    // Often, because until then a search does not find the product.
    { name: 'search texts', interval: 10 * seconds, run: () => inBatches(products, repairSearchText) },
    // Often, because a search looks at each product that is not in the index.
    { name: 'search index', interval: 10 * seconds, run: () => inBatches(products, indexNext, 2_048) },
    { name: 'changes in the search index', interval: 10 * seconds, run: () => inBatches(products, indexChanged, 50) },
    { name: 'what deleted products left', interval: 10 * seconds, run: () => inBatches(products, deleteLeft, 2_000) },
    // Somebody waits for it.
    { name: 'imports at work', interval: seconds, run: () => workOnImports(products, replica) },
    ...(sendDueMails ? [{ name: 'mails', interval: seconds, run: sendDueMails }] : []),
  ]
}

function sweep(name: string, database: Database, work: Batch): Job {
  return { name, interval: 10 * minutes, run: () => inBatches(database, work) }
}

/** Does at most so many rows and gives how many it did; undefined where another replica does them. */
type Batch = (connection: Connection, most: number) => Promise<number | undefined>

async function inBatches(database: Database, work: Batch, most = batch): Promise<void> {
  for (let done: number | undefined = most; done === most; ) {
    done = await Deadline.within(30 * seconds, (deadline) =>
      database.run(deadline, (connection) => work(connection, most)),
    )
  }
}
