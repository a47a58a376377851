import type { Connection, Statement } from '../../database/connection.js'
import type { Encoding } from '../csv/encoding.js'
import type { Delimiter } from '../csv/read.js'
import type { Act } from './act.js'
import { type Import, type Refused, type State, stateBefore, states, type Upload, working } from './import.js'
import type { FileProblem } from './problems.js'
import type { Verdict } from './rows.js'

/** Stores a file, to be read by a job. @returns the number of its import */
export async function insertImport(connection: Connection, upload: Upload, person: number): Promise<number> {
  const { insertId } = await connection.change(
    `INSERT INTO imports (file_name, size, created_by, created_at, state, changed_by, changed_at)
     VALUES (?, ?, ?, UTC_TIMESTAMP(3), 'reading', ?, UTC_TIMESTAMP(3))`,
    [upload.fileName, upload.size, person, person],
  )
  for (const [number, bytes] of upload.chunks.entries()) {
    await connection.change('INSERT INTO import_chunks (import_id, number, bytes) VALUES (?, ?, ?)', [
      insertId,
      number,
      bytes,
    ])
  }
  return insertId
}

/** Stores what is to be done with many products, by a job. @returns the number of its import */
export async function insertAct(connection: Connection, act: Act, person: number): Promise<number> {
  const { insertId } = await connection.change(
    `INSERT INTO imports (file_name, size, act, created_by, created_at, state, changed_by, changed_at)
     VALUES ('', 0, CONVERT(? USING utf8mb4), ?, UTC_TIMESTAMP(3), ?, ?, UTC_TIMESTAMP(3))`,
    [Buffer.from(JSON.stringify(act)), person, act.kind === 'rename' ? 'renaming' : 'picking', person],
  )
  return insertId
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

export async function findImport(connection: Connection, id: number): Promise<Import | undefined> {
  const row = await connection.first<StoredImport>(`SELECT ${columns} FROM imports WHERE id = ? AND ${isThere}`, [id])
  return row && importOf(row)
}

/** What a person may ask of an import depends on. */
export type Asked = Pick<Import, 'id' | 'state' | 'comparison'>

/** An import that nobody else can change until the transaction ends. */
export function lockImport(connection: Connection, id: number): Promise<Asked | undefined> {
  return connection.first(`SELECT id, state, comparison FROM imports WHERE id = ? AND ${isThere} FOR UPDATE`, [id])
}

/** The newest first. */
export async function findImports(connection: Connection, most: number): Promise<Import[]> {
  const rows = await connection.rows<StoredImport>(
    `SELECT ${columns} FROM imports WHERE ${isThere} ORDER BY id DESC LIMIT ?`,
    [most],
  )
  return rows.map(importOf)
}

/** Imports that a job has to do something for: those that failed least often first, and of each person one in turn. */
export function findWaiting(connection: Connection): Promise<{ id: number; state: State }[]> {
  return connection.rows(
    `SELECT id, state FROM imports WHERE state IN (${workingStates}) ORDER BY attempts, ROW_NUMBER() OVER (PARTITION BY changed_by ORDER BY changed_at, id), changed_at, id LIMIT 100`,
  )
}

/** The statement that gives an import a state which a person asks for. */
export function ask({ id }: Asked, state: State, person: number): Statement {
  return {
    sql: `UPDATE imports SET state = ?, changed_by = ?, changed_at = UTC_TIMESTAMP(3), refused = NULL, problem = NULL,
      progress = 0, replica = '', taken_from = '', attempts = 0 WHERE id = ?`,
    values: [state, person, id],
  }
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

/** How long a file can be applied or undone, in days. */
export const retention = 30

/** Deletes some of what there is of an import past its time, which nobody finds any more by then. @returns how many rows */
export async function deleteOldImports(connection: Connection, most: number): Promise<number> {
  await connection.change(
    `UPDATE imports SET state = 'expired' WHERE changed_at < UTC_TIMESTAMP(3) - INTERVAL ? DAY
       AND state NOT IN (${workingStates}, 'expired')`,
    [retention],
  )
  const old = await connection.first<{ id: number }>("SELECT id FROM imports WHERE state = 'expired' LIMIT 1", [])
  if (!old) return 0
  const rows = await deleteRows(connection, old.id, most)
  if (rows > 0) return most
  await connection.change('DELETE FROM import_chunks WHERE import_id = ?', [old.id])
  await connection.change('DELETE FROM imports WHERE id = ?', [old.id])
  return most
}

/** Deletes what a reading has noted of a file's rows, at most so many. @returns how many */
export async function deleteRows(connection: Connection, id: number, most: number): Promise<number> {
  const { affectedRows } = await connection.change('DELETE FROM import_rows WHERE import_id = ? LIMIT ?', [id, most])
  return affectedRows
}

type StoredImport = Omit<Import, 'act' | 'header' | 'problem' | 'refused' | 'counts'> &
  Record<'act' | 'header' | 'problem' | 'refused', string | null> &
  Record<'added' | 'changed' | 'same' | 'wrong', number>

function importOf({ act, header, problem, refused, added, changed, same, wrong, ...row }: StoredImport): Import {
  return {
    ...row,
    act: act && JSON.parse(act),
    header: JSON.parse(header ?? '[]'),
    problem: problem && JSON.parse(problem),
    refused: refused && JSON.parse(refused),
    counts: { new: added, changed, same, wrong },
  }
}

const listed = (of: readonly State[]) => of.map((state) => `'${state}'`).join(', ')

const workingStates = listed(working)

/** Neither past its time nor in a state that a later version knows. */
const isThere = `state IN (${listed(states)})`

const columns = `id, file_name AS fileName, act, size, created_by AS createdBy, created_at AS createdAt, state,
  changed_by AS changedBy, changed_at AS changedAt, comparison, encoding, delimiter, header, problem, refused,
  added, changed, same, wrong, progress, replica, taken_from AS takenFrom`
