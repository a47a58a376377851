import type { Connection, Value } from '../../database/connection.js'
import type { Import, Refused, State } from './import.js'
import { InTheWay } from './problems.js'

/** Whoever has an import applied or undone, and where that is done. */
export interface Change {
  importId: number
  person: number
  replica: string
  /** What the journal says of each movement. */
  note: string
}

/** Rows of a file, by the numbers of the first and the last. */
export interface Stretch {
  from: number
  to: number
}

/** Adds the new products of a stretch. Another product may have the code of one: `isCodeTaken` of ../store.ts. */
export async function addNew(connection: Connection, { importId, person }: Change, rows: Stretch): Promise<void> {
  const { affectedRows } = await connection.change(
    `INSERT INTO products (name, code, description, units, category, minimum, search_text, created_by, created_at)
     SELECT name, code, description, units, category, minimum, search_text, ?, UTC_TIMESTAMP(3)
     FROM import_rows AS staged WHERE ${inStretch} AND verdict = 'new' ORDER BY number`,
    [person, importId, rows.from, rows.to],
  )
  if (affectedRows === 0) return
  await connection.change(
    `UPDATE import_rows AS staged STRAIGHT_JOIN products ON products.code = staged.code SET staged.product_id = products.id
     WHERE ${inStretch} AND verdict = 'new'`,
    [importId, rows.from, rows.to],
  )
}

/** Takes the products away again that a stretch has added. @throws {InTheWay} where one was changed since */
export async function removeNew(connection: Connection, { importId }: Change, rows: Stretch): Promise<void> {
  const { affectedRows } = await connection.change(
    `DELETE products FROM import_rows AS staged STRAIGHT_JOIN products ON products.id = staged.product_id
     WHERE ${inStretch} AND verdict = 'new' AND products.version = 1 AND products.movements = 0`,
    [importId, rows.from, rows.to],
  )
  if (affectedRows < (await count(connection, importId, 'new', rows))) throw new InTheWay()
}

/** Which way products are changed: to what the file says, or back to what they were. */
export type Way = 'apply' | 'undo'

/** Which way products are changed in this state. */
export function wayOf(state: State): Way {
  return state === 'undoing' || state === 'unacting' ? 'undo' : 'apply'
}

/** What differs between the ways: a prefix of columns, and the version that a product must have. */
const ways = {
  apply: { to: '', from: 'was_', version: 'staged.version' },
  undo: {
    to: 'was_',
    from: '',
    version: '(staged.version + (staged.changes IS NOT NULL) + (staged.units <> staged.was_units))',
  },
}

/** Changes the products of a stretch, with their history and the journal. @throws {InTheWay} where one was changed since */
export async function changeKnown(connection: Connection, change: Change, way: Way, rows: Stretch): Promise<void> {
  const { importId, person, replica, note } = change
  const { to, from, version } = ways[way]
  const stretch = [importId, rows.from, rows.to]
  const moves = 'staged.units <> staged.was_units'
  const { affectedRows } = await connection.change(
    `UPDATE import_rows AS staged STRAIGHT_JOIN products ON products.id = staged.product_id
     SET products.name = staged.${to}name, products.description = staged.${to}description,
       products.category = staged.${to}category, products.units = staged.${to}units, products.minimum = staged.${to}minimum,
       products.search_text = staged.${to}search_text,
       products.archived = COALESCE(staged.${to}archived, products.archived), products.movements = products.movements + (${moves}),
       products.version = ${version} + (staged.changes IS NOT NULL) + (${moves})
     WHERE ${inStretch} AND verdict = 'changed' AND products.version = ${version}`,
    stretch,
  )
  if (affectedRows < (await count(connection, importId, 'changed', rows))) throw new InTheWay()
  if (affectedRows === 0) return
  // What older versions do not know stands beside the fields: see `insertChange` of ../store.ts.
  await connection.change(
    `INSERT INTO product_changes (product_id, version, fields, newer_fields, changed_by, changed_at, replica)
     SELECT product_id, ${version} + 1, JSON_REMOVE(${to}changes, '$.minimum', '$.archived'),
       JSON_REMOVE(${to}changes, '$.name', '$.description', '$.category'),
       ?, UTC_TIMESTAMP(3), ?
     FROM import_rows AS staged WHERE ${inStretch} AND verdict = 'changed' AND changes IS NOT NULL`,
    [person, replica, ...stretch],
  )
  await connection.change(
    `INSERT INTO movements
       (product_id, number, kind, units, balance, reason, note, undoes, moved_by, moved_at, replica)
     SELECT products.id, products.movements, 'count',
       CAST(staged.${to}units AS SIGNED) - CAST(staged.${from}units AS SIGNED), staged.${to}units, '', ?,
       ${way === 'undo' ? undone : 'NULL'}, ?, UTC_TIMESTAMP(3), ?
     FROM import_rows AS staged STRAIGHT_JOIN products ON products.id = staged.product_id
     WHERE ${inStretch} AND verdict = 'changed' AND ${moves} ORDER BY staged.number`,
    [note, person, replica, ...stretch],
  )
}

/** The movement before the one that undoes it. MariaDB may look for it where there is none: unsigned, none less one is an error. */
const undone = `(SELECT earlier.id FROM movements AS earlier
  WHERE earlier.product_id = products.id AND earlier.number = CAST(products.movements AS SIGNED) - 1)`

const inStretch = 'staged.import_id = ? AND staged.number BETWEEN ? AND ?'

async function count(connection: Connection, importId: number, verdict: string, rows: Stretch): Promise<number> {
  const row = await connection.first<{ count: number }>(
    `SELECT COUNT(*) AS count FROM import_rows AS staged WHERE ${inStretch} AND verdict = ?`,
    [importId, rows.from, rows.to, verdict],
  )
  return row?.count ?? 0
}

/** The number of the last row. */
export async function lastRow(connection: Connection, importId: number): Promise<number> {
  const row = await connection.first<{ last: number | null }>(
    'SELECT MAX(number) AS last FROM import_rows WHERE import_id = ?',
    [importId],
  )
  return row?.last ?? 0
}

/** Rows whose products are other than the import takes them for, in either way. */
export async function findInTheWay(
  connection: Connection,
  { id, state }: Import,
  rows: Stretch,
): Promise<Refused['rows']> {
  const way = wayOf(state)
  const values: Value[] = [id, rows.from, rows.to]
  return connection.rows(`SELECT staged.number, staged.code, products.id AS productId ${inTheWay[way]}`, values)
}

const inTheWay = {
  apply: `FROM import_rows AS staged
    LEFT JOIN products ON products.code = staged.code
    WHERE ${inStretch} AND (verdict = 'new' AND products.id IS NOT NULL OR verdict = 'changed'
      AND NOT (products.id <=> staged.product_id AND products.version <=> staged.version)) ORDER BY staged.number`,
  undo: `FROM import_rows AS staged
    LEFT JOIN products ON products.id = staged.product_id
    WHERE ${inStretch} AND (verdict = 'new' AND NOT (products.version <=> 1 AND products.movements <=> 0) OR verdict = 'changed'
      AND NOT products.version <=> ${ways.undo.version}) ORDER BY staged.number`,
}
