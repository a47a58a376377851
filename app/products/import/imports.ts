import type { Database } from '../../database/database.js'
import { Deadline, requestTimeout } from '../../database/deadline.js'
import { NotFound, Outdated } from '../../errors.js'
import type { User } from '../../users/account.js'
import type { Write } from '../../writes/write.js'
import { createWrites } from '../../writes/writes.js'
import { type Entry, ofAct, ofImport, record } from '../audit.js'
import type { Act } from './act.js'
import type { Import, Row, State, Upload } from './import.js'
import * as rowStore from './row-store.js'
import type { Verdict } from './rows.js'
import * as store from './store.js'

/** What people do with files of products. What they ask for is done by a job: work.ts. */
export type Imports = ReturnType<typeof createImports>

/** An import as a person saw it. */
interface Seen {
  id: number
  comparison: number | undefined
}

/**
 * @param secret see {@link createWrites}
 * @param replica which the audit names
 */
export function createImports(database: Database, secret: string, replica: string) {
  const writes = createWrites(database, secret)

  return {
    /** Stores a file, to be read and compared. @returns the number of its import */
    upload(user: User, file: Upload, write: Write): Promise<number> {
      const { fileName, size, hash } = file
      return writes.once(write, { fileName, size, hash }, async (connection, withCommit) => {
        const id = await store.insertImport(connection, file, user.id)
        withCommit(record(write, replica, ofImport('importAsked', user, id, fileName)))
        return id
      })
    },

    /** Stores what is to be done with many products. @returns the number of its import */
    act(user: User, act: Act, write: Write): Promise<number> {
      return writes.once(write, { act }, async (connection, withCommit) => {
        const id = await store.insertAct(connection, act, user.id)
        withCommit(record(write, replica, ofImport('manyChangesAsked', user, id, '', ofAct(act))))
        return id
      })
    },

    /**
     * Has an import applied that is as the person saw it; once more is the same.
     * @throws {Outdated} where it is not, or cannot be applied
     * @throws {NotFound} when there is no such import
     */
    apply: (user: User, seen: Seen, write: Write) => ask(user, seen, write, asked.apply),

    /** Has an import undone that was applied. @throws as `apply` does */
    undo: (user: User, seen: Seen, write: Write) => ask(user, seen, write, asked.undo),

    /** Has the file of an import compared with the products anew. @throws as `apply` does */
    compare: (user: User, seen: Seen, write: Write) => ask(user, seen, write, asked.compare),

    /** The import with this number, or undefined where there is none. */
    find(id: number, deadline: Deadline): Promise<Import | undefined> {
      return database.run(deadline, (connection) => store.findImport(connection, id))
    },

    /** The latest first; at most 50. */
    latest(deadline: Deadline): Promise<Import[]> {
      return database.run(deadline, (connection) => store.findImports(connection, 50))
    },

    /** Some rows that come to this, behind the one with this number, and whether there are more. */
    async rows(
      id: number,
      query: { verdict: Verdict; after: number },
      deadline: Deadline,
    ): Promise<{ rows: Row[]; more: boolean }> {
      const most = pageSize + 1
      const found = await database.run(deadline, (connection) => rowStore.findRows(connection, id, { ...query, most }))
      return { rows: found.slice(0, pageSize), more: found.length > pageSize }
    },

    /** The rows that are wrong, in batches. */
    async *wrongRows(id: number): AsyncGenerator<Row[]> {
      for (let after = 0; ; ) {
        const query = { verdict: 'wrong', after, most: pageSize } as const
        const rows = await Deadline.within(requestTimeout, (deadline) =>
          database.run(deadline, (connection) => rowStore.findRows(connection, id, query)),
        )
        const last = rows.at(-1)
        if (!last) return
        yield rows
        after = last.number
      }
    },
  }

  async function ask(user: User, { id, comparison }: Seen, write: Write, ways: Asked[]): Promise<void> {
    await writes.once(write, { id, comparison, state: ways[0]?.state }, async (connection, withCommit) => {
      const it = await store.lockImport(connection, id)
      if (!it) throw new NotFound()
      const isSame = it.comparison === comparison
      if (isSame && ways.some(({ done }) => done.includes(it.state))) return null
      const way = ways.find(({ from }) => from.includes(it.state))
      if (!isSame || !way) throw new Outdated()
      withCommit(store.ask(it, way.state, user.id), record(write, replica, ofImport(way.action, user, id, it.fileName)))
      return null
    })
  }
}

const pageSize = 50

interface Asked {
  /** The states in which it can be asked for. */
  from: State[]
  state: State
  /** Where it was asked for before. */
  done: State[]
  action: Entry['action']
}

const asked: Record<'apply' | 'undo' | 'compare', Asked[]> = {
  apply: [{ from: ['ready'], state: 'applying', done: ['applying', 'applied'], action: 'importApplyAsked' }],
  undo: [
    { from: ['applied'], state: 'undoing', done: ['undoing', 'undone'], action: 'importUndoAsked' },
    { from: ['acted'], state: 'unacting', done: ['unacting', 'unacted'], action: 'importUndoAsked' },
  ],
  compare: [{ from: ['ready', 'undone'], state: 'reading', done: ['reading'], action: 'importCompareAsked' }],
}
