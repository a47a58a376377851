import type { Connection, Statement } from '../../database/connection.js'
import type { Act } from './act.js'
import { type Import, type State, states, type Upload } from './import.js'

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

/** The import with this number, or undefined where there is none. */
export async function findImport(connection: Connection, id: number): Promise<Import | undefined> {
  const row = await connection.first<StoredImport>(`SELECT ${columns} FROM imports WHERE id = ? AND ${isThere}`, [id])
  return row && importOf(row)
}

/** What a person may ask of an import depends on. */
export type Asked = Pick<Import, 'id' | 'fileName' | 'state' | 'comparison'>

/** An import that nobody else can change until the transaction ends. */
export function lockImport(connection: Connection, id: number): Promise<Asked | undefined> {
  return connection.first(
    `SELECT id, file_name AS fileName, state, comparison FROM imports WHERE id = ? AND ${isThere} FOR UPDATE`,
    [id],
  )
}

/** The newest first. */
export async function findImports(connection: Connection, most: number): Promise<Import[]> {
  const rows = await connection.rows<StoredImport>(
    `SELECT ${columns} FROM imports WHERE ${isThere} ORDER BY id DESC LIMIT ?`,
    [most],
  )
  return rows.map(importOf)
}

/** The statement that gives an import a state which a person asks for. */
export function ask({ id }: Asked, state: State, person: number): Statement {
  return {
    sql: `UPDATE imports SET state = ?, changed_by = ?, changed_at = UTC_TIMESTAMP(3), refused = NULL, problem = NULL,
      progress = 0, replica = '', taken_from = '', attempts = 0 WHERE id = ?`,
    values: [state, person, id],
  }
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

/** States as SQL lists them. */
export const listed = (of: readonly State[]) => of.map((state) => `'${state}'`).join(', ')

/** Neither past its time nor in a state that a later version knows. */
const isThere = `state IN (${listed(states)})`

const columns = `id, file_name AS fileName, act, size, created_by AS createdBy, created_at AS createdAt, state,
  changed_by AS changedBy, changed_at AS changedAt, comparison, encoding, delimiter, header, problem, refused,
  added, changed, same, wrong, progress, replica, taken_from AS takenFrom`
