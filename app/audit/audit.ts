import type { Database, Databases } from '../database/database.js'
import { Deadline, requestTimeout } from '../database/deadline.js'
import type { AuditQuery, Entry } from './entry.js'
import { findEntries } from './store.js'

/** What was done, as both databases say: accounts and roles in one, products in the other. */
export type Audit = ReturnType<typeof createAudit>

/** Entries on a page, and those of a file that are read together. */
const shown = 50
const together = 1_000

export function createAudit(databases: Databases) {
  return {
    /** The latest entries first; `older` is what asks for those after them, if there are any. */
    page(query: AuditQuery, deadline: Deadline): Promise<Page> {
      return read(query, shown, deadline)
    },

    /** All of them in batches, each of which has the time of a request. */
    async *all(query: AuditQuery): AsyncGenerator<Entry[]> {
      for (let next: AuditQuery | undefined = query; next; ) {
        const asked: AuditQuery = next
        const { entries, older } = await Deadline.within(requestTimeout, (deadline) => read(asked, together, deadline))
        yield entries
        next = older && { ...query, ...older }
      }
    },
  }

  async function read({ u, p, ...filters }: AuditQuery, most: number, deadline: Deadline): Promise<Page> {
    const find = async (name: Entry['database'], database: Database, before: number | undefined) => {
      const rows = await database.run(deadline, (it) => findEntries(it, { ...filters, before }, most + 1))
      return rows.map((row): Entry => ({ database: name, ...row }))
    }
    const [ofUsers, ofProducts] = await Promise.all([
      find('users', databases.users, u),
      find('products', databases.products, p),
    ])
    const entries = merged(ofUsers, ofProducts).slice(0, most)
    const hasOlder = ofUsers.length + ofProducts.length > entries.length
    const older = { u: lastSeen(ofUsers, entries, u), p: lastSeen(ofProducts, entries, p) }
    return { entries, older: hasOlder ? older : undefined }
  }
}

interface Page {
  entries: Entry[]
  older: Required<Pick<AuditQuery, 'u' | 'p'>> | undefined
}

/** Both by time, without changing the order of either, on which going on by the last entry seen rests. */
function merged(some: Entry[], others: Entry[]): Entry[] {
  const all: Entry[] = []
  const [one, other] = [[...some], [...others]]
  while (one[0] && other[0]) all.push((one[0].at >= other[0].at ? one : other).shift() as Entry)
  return [...all, ...one, ...other]
}

/**
 * The number that older entries of a database are below. Where none was taken, none that is added from now on is among them.
 * One that is committed late, with a number above it, stands on an earlier page when that is loaded again.
 */
function lastSeen(read: Entry[], taken: Entry[], before: number | undefined): number {
  const last = taken.findLast((entry) => entry.database === read[0]?.database)
  return last?.id ?? before ?? (read[0]?.id ?? 0) + 1
}
