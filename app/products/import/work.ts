import type { Connection } from '../../database/connection.js'
import type { Database } from '../../database/database.js'
import { Deadline } from '../../database/deadline.js'
import { isTransient } from '../../database/transient.js'
import { DeadlineExceeded } from '../../errors.js'
import type { Act } from './act.js'
import { change } from './changing.js'
import { acting, type State, working } from './import.js'
import { pick } from './picking.js'
import { FileProblem } from './problems.js'
import { read } from './reading.js'
import { findImport } from './store.js'
import * as store from './work-store.js'

/** How long a replica works on an import before it begins anew, in milliseconds. */
const timeout = 10 * 60_000

/** An import that was begun so often kills whoever works on it. */
const mostAttempts = 20

/**
 * Does what imports wait for: reads their files, applies them, undoes them. A lock of the server's, which ends with its
 * connection, says which replica works on one; when that is killed, another takes it over at its next look.
 * @param replica is named on the import's page
 */
export async function workOnImports(database: Database, replica: string): Promise<void> {
  while (await workOnNext());

  /** Looks anew each time, since others may have asked meanwhile. @returns whether there was one that no other replica has */
  async function workOnNext(): Promise<boolean> {
    const waiting = await Deadline.within(5_000, (deadline) => database.run(deadline, store.findWaiting))
    for (const { id, state } of waiting) {
      const isDone = await Deadline.within(timeout, (deadline) =>
        database.run(deadline, (connection) => {
          const lock = lockOf(id, state)
          return connection.exclusively(lock, () => work(connection, id, lock))
        }),
      )
      if (isDone) return true
    }
    return false
  }

  async function work(connection: Connection, id: number, lock: string): Promise<boolean> {
    const it = await findImport(connection, id)
    // Since it was seen waiting, it may have come to a state of which another lock decides.
    if (!it || !working.includes(it.state) || lockOf(id, it.state) !== lock) return false
    const attempts = await store.take(connection, id, replica)
    try {
      if (attempts > mostAttempts) throw new FileProblem('imports.problem.attempts')
      if (it.state === 'reading') await read(connection, it)
      else if (acting.includes(it.state)) await pick(connection, it, it.act as Act)
      if (it.state !== 'reading') await change(connection, it, { replica, say: (percent) => sayProgress(id, percent) })
    } catch (error) {
      if (isTransient(error) || error instanceof DeadlineExceeded) throw error
      const problem = error instanceof FileProblem ? error : new FileProblem('imports.problem.internal')
      await store.saveProblem(connection, it, problem)
      if (problem !== error) throw error
    }
    return true
  }

  /** By another connection, since nobody sees what the transaction of the change has written. */
  async function sayProgress(id: number, percent: number) {
    await Deadline.within(1_000, (deadline) =>
      database.run(deadline, (connection) => store.saveProgress(connection, id, percent)),
    ).catch(() => {})
  }
}

/** Files are read side by side; changes are made one after the other, since they may be of the same products. */
function lockOf(id: number, state: State): string {
  return state === 'reading' ? `import ${id}` : 'import'
}
