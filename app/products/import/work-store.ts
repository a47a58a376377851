import type { Connection, Statement } from '../../database/connection.js'
import type { Encoding } from '../csv/encoding.js'
import type { Delimiter } from '../csv/read.js'
import { type Import, type Refused, type State, stateBefore, working } from './import.js'
import type { FileProblem } from './problems.js'
import type { Verdict } from './rows.js'
import { listed } from './store.js'

/** Imports that a job has to do something for: those that failed least often first, and of each person one in turn. */
export function findWaiting(connection: Connection): Promise<{ id: number; state: State }[]> {
  return connection.rows(
    `SELECT id, state FROM imports WHERE state IN (${listed(working)}) ORDER BY attempts, ROW_NUMBER() OVER (PARTITION BY changed_by ORDER BY changed_at, id), changed_at, id LIMIT 100`,
  )
}

/** Notes that a replica works on an import. @returns how often one began this */
export async function take(connection: Connection, id: number, replica: string): Promise<number> {
  await connection.change(
    `UPDATE imports SET taken_from = IF(replica IN ('', ?), taken_from, replica), replica = ?, attempts = attempts + 1, progress = 0
     WHERE id = ?`,
    [replica, replica, id],
  )
  const row = await connection.first<{ attempts: number }>('SELECT attempts FROM imports WHERE id = ?', [id])
  return row?.attempts ?? 0
}

/** The bytes of an import's file, read piece by piece. */
export async function* readChunks(connection: Connection, id: number): AsyncGenerator<Buffer> {
  for (let number = 0; ; number++) {
    const row = await connection.first<{ bytes: Buffer }>(
      'SELECT bytes FROM import_chunks WHERE import_id = ? AND number = ?',
      [id, number],
    )
    if (!row) return
    yield row.bytes
  }
}

/** What a file turned out to be. */
export async function saveFormat(
  connection: Connection,
  id: number,
  { encoding, delimiter, header }: { encoding: Encoding; delimiter: Delimiter; header: string[] },
): Promise<void> {
  await connection.change('UPDATE imports SET encoding = ?, delimiter = ?, header = ? WHERE id = ?', [
    encoding,
    delimiter,
    JSON.stringify(header),
    id,
  ])
}

/** The statement that says how far the work on an import is, in percent. */
export function progressOf(id: number, progress: number): Statement {
  const percent = Math.min(100, Math.floor(progress))
  // What is late does not bring back what is over.
  return { sql: 'UPDATE imports SET progress = ? WHERE id = ? AND progress < ?', values: [percent, id, percent] }
}

/** Says how far the work on an import is, in percent. */
export async function saveProgress(connection: Connection, id: number, progress: number): Promise<void> {
  const { sql, values } = progressOf(id, progress)
  await connection.change(sql, values)
}

/** Says that an import was read, with how many rows came to what. */
export async function saveRead(connection: Connection, id: number, counts: Record<Verdict, number>): Promise<void> {
  await connection.change(
    `UPDATE imports SET state = 'ready', comparison = comparison + 1, problem = NULL, progress = 100,
       added = ?, changed = ?, same = ?, wrong = ? WHERE id = ? AND state = 'reading'`,
    [counts.new, counts.changed, counts.same, counts.wrong, id],
  )
}

/** The statement that says with how many of the products that were picked an act does something. */
export function countPicked(id: number): Statement {
  const count = (verdict: Verdict) =>
    `(SELECT COUNT(*) FROM import_rows WHERE import_id = imports.id AND verdict = '${verdict}')`
  return {
    sql: `UPDATE imports SET comparison = 1, changed = ${count('changed')}, same = ${count('same')} WHERE id = ?`,
    values: [id],
  }
}

/** Says why nothing was done: of a file that cannot be read for good, else it can be asked for again. */
export async function saveProblem(
  connection: Connection,
  { id, state }: Import,
  { problem }: FileProblem,
): Promise<void> {
  await connection.change('UPDATE imports SET problem = ?, state = ? WHERE id = ? AND state = ?', [
    JSON.stringify(problem),
    stateBefore[state] ?? 'failed',
    id,
    state,
  ])
}

/** Gives an import back the state it had, since something else was changed that it would change. */
export async function saveRefusal(connection: Connection, { id, state }: Import, refused: Refused): Promise<void> {
  await connection.change('UPDATE imports SET state = ?, refused = ? WHERE id = ? AND state = ?', [
    stateBefore[state] ?? 'failed',
    JSON.stringify(refused),
    id,
    state,
  ])
}

/** The statement that says what an import has come to. */
export function finish(id: number, state: State): Statement {
  return {
    sql: 'UPDATE imports SET state = ?, changed_at = UTC_TIMESTAMP(3), progress = 100 WHERE id = ?',
    values: [state, id],
  }
}
