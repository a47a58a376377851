import { type Connection, insertInto, type Statement, typed, type Value } from '../../database/connection.js'
import type { Condition } from '../list/listing.js'
import { allOf } from '../list/store.js'
import type { Row } from './import.js'
import { type JudgedRow, type Known, reversed, type Verdict } from './rows.js'

/** The products that have these codes. */
export async function findKnown(connection: Connection, codes: string[]): Promise<Known[]> {
  if (codes.length === 0) return []
  return connection.rowsIn(`SELECT ${known} FROM products WHERE code IN (?)`, [codes])
}

/** Those of these products that there are. */
export function findKnownById(connection: Connection, ids: number[]): Promise<Known[]> {
  return connection.rowsIn(`SELECT ${known} FROM products WHERE id IN (?) ORDER BY id DESC`, [ids])
}

/** The products with these numbers, ends included, that meet all conditions, the newest first. */
export function findKnownBetween(
  connection: Connection,
  { from, to }: { from: number; to: number },
  conditions: Condition[],
): Promise<Known[]> {
  return connection.rows(
    `SELECT ${known} FROM products FORCE INDEX (PRIMARY)
     WHERE id BETWEEN ? AND ? AND ${allOf(conditions)} ORDER BY id DESC`,
    [from, to, ...conditions.flatMap(({ values }) => values)],
  )
}

const known = 'id, version, name, code, description, units, category, minimum, archived'

/** The statement that notes what rows come to. */
export function insertRows(importId: number, rows: JudgedRow[]): Statement {
  const names = ['import_id', 'number', 'verdict', 'code', 'product_id', 'version', ...after, 'search_text', 'changes']
    .concat(after.map((name) => `was_${name}`))
    .concat('was_search_text', 'was_changes', 'problems', 'cells', 'archived', 'was_archived')
  const placeholders = names.map((name) => (texts.has(name) ? 'CONVERT(? USING utf8mb4)' : '?')).join(', ')
  return insertInto(
    `import_rows (${names.join(', ')})`,
    `(${placeholders})`,
    rows.map((row) => [importId, row.number, row.verdict, ...valuesOf(row), ...archivedOf(row)]),
  )
}

const after = ['name', 'description', 'category', 'units', 'minimum'] as const

const texts = new Set(
  ['code', 'changes', 'problems', 'cells', 'name', 'description', 'category'].flatMap((name) => [name, `was_${name}`]),
)

/** The rest of a row of the table, in the order of its columns. */
function valuesOf(row: JudgedRow): Value[] {
  if (row.verdict === 'wrong') {
    const nothing = Array<null>(after.length + 2).fill(null)
    return [null, null, null, ...nothing, ...nothing, json(row.problems), json(row.cells)]
  }
  const nothing = Array<null>(after.length).fill(null)
  if (row.verdict === 'same') {
    const { id, version, code, name } = row.before
    return [typed(code), id, version, typed(name), ...nothing.slice(1), null, null, ...nothing, null, null, null, null]
  }
  const next = after.map((name) => storable(row.after[name]))
  if (row.verdict === 'new') {
    return [typed(row.after.code), null, null, ...next, row.searchText, null, ...nothing, null, null, null, null]
  }
  const { before, changes, searchText, wasSearchText } = row
  const isDescribed = Object.keys(changes).length > 0
  const was = after.map((name) => storable(before[name]))
  return [
    ...[typed(before.code), before.id, before.version],
    ...[...next, searchText, isDescribed ? json(changes) : null],
    ...[...was, wasSearchText, isDescribed ? json(reversed(changes)) : null],
    ...[null, null],
  ]
}

/** Whether a product is out of use, after and before, where that is changed. */
function archivedOf(row: JudgedRow): Value[] {
  return row.verdict === 'changed' && row.changes.archived
    ? [row.after.archived as 0 | 1, row.before.archived]
    : [null, null]
}

function storable(value: string | number): Value {
  return typeof value === 'string' ? typed(value) : value
}

function json(value: unknown): Buffer {
  return typed(JSON.stringify(value))
}

/** Rows of an import that come to this, behind the one with this number, in their order. */
export async function findRows(
  connection: Connection,
  importId: number,
  { verdict, after, most }: { verdict: Verdict; after: number; most: number },
): Promise<Row[]> {
  const rows = await connection.rows<StoredRow>(
    `SELECT number, verdict, code, product_id AS productId, name, description, category, units, minimum,
       was_units AS wasUnits, changes, problems, cells
     FROM import_rows WHERE import_id = ? AND verdict = ? AND number > ? ORDER BY number LIMIT ?`,
    [importId, verdict, after, most],
  )
  return rows.map(({ description, category, units, minimum, changes, problems, cells, ...row }) => ({
    ...row,
    values: { description, category, units, minimum },
    changes: JSON.parse(changes ?? '{}'),
    problems: JSON.parse(problems ?? '{}'),
    cells: JSON.parse(cells ?? '[]'),
  }))
}

type StoredRow = Omit<Row, 'values' | 'changes' | 'problems' | 'cells'> &
  Row['values'] &
  Record<'changes' | 'problems' | 'cells', string | null>
