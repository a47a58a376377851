import { type Connection, insertInto, type Statement, typed, type Value } from '../../database/connection.js'
import type { Condition } from '../list/listing.js'
import { allOf } from '../list/store.js'
import type { Stretch } from './change-store.js'
import type { Row } from './import.js'
import { type Imported, type JudgedRow, type Known, reversed, type Verdict } from './rows.js'

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

/** The products of a stretch, and which version of each was picked; nobody else can change them until the transaction ends. */
export function lockPicked(
  connection: Connection,
  importId: number,
  { from, to }: Stretch,
): Promise<(Omit<Known, 'id'> & { id: number | null; number: number; picked: number; wasCategory: string })[]> {
  const columns = known.split(', ').map((name) => `products.${name}`)
  return connection.rows(
    `SELECT staged.number, staged.version AS picked, staged.was_category AS wasCategory, ${columns.join(', ')}
     FROM import_rows AS staged LEFT JOIN products ON products.id = staged.product_id
     WHERE staged.import_id = ? AND staged.number BETWEEN ? AND ? ORDER BY staged.number FOR UPDATE`,
    [importId, from, to],
  )
}

/** Deletes what a reading has noted of a file's rows, at most so many. @returns how many */
export async function deleteRows(connection: Connection, id: number, most: number): Promise<number> {
  const { affectedRows } = await connection.change('DELETE FROM import_rows WHERE import_id = ? LIMIT ?', [id, most])
  return affectedRows
}

/** Deletes what was noted of one. */
export async function deleteRow(connection: Connection, importId: number, number: number): Promise<void> {
  await connection.change('DELETE FROM import_rows WHERE import_id = ? AND number = ?', [importId, number])
}

const known = 'id, version, name, code, description, units, category, minimum, archived'

/**
 * Bytes of what rows hold that go in a statement, but for a single row. A server takes 16 MB, and each byte is two in
 * hexadecimal; a replica is to answer others in between.
 */
const mostBytes = 500_000

/** The statements that note what rows come to. Of long texts, few go together; the rows of each are judged when it is asked for. */
export function* insertRows(importId: number, rows: Iterable<JudgedRow>): Generator<Statement> {
  let waiting: Value[][] = []
  let bytes = 0
  for (const row of rows) {
    const stored: StoredValues = { import_id: importId, number: row.number, verdict: row.verdict, ...valuesOf(row) }
    const values = columns.map((name) => stored[name] ?? null)
    const size = values.reduce<number>((sum, value) => sum + (Buffer.isBuffer(value) ? value.length : 0), 0)
    if (waiting.length > 0 && bytes + size > mostBytes) {
      yield insertInto(into, placeholders, waiting)
      waiting = []
      bytes = 0
    }
    waiting.push(values)
    bytes += size
  }
  if (waiting.length > 0) yield insertInto(into, placeholders, waiting)
}

const fields = ['name', 'description', 'category', 'units', 'minimum'] as const

/** Of what a product is to be, and was. */
const ofProduct = [...fields, 'archived', 'search_text', 'changes'] as const

const texts = new Set<string>(
  (['code', 'changes', 'problems', 'cells', 'name', 'description', 'category'] as const).flatMap((name) => [
    name,
    `was_${name}`,
  ]),
)

const columns = [
  ...(['import_id', 'number', 'verdict', 'code', 'product_id', 'version', 'problems', 'cells'] as const),
  ...ofProduct.flatMap((name) => [name, `was_${name}`] as const),
]

const into = `import_rows (${columns.join(', ')})`
const placeholders = `(${columns.map((name) => (texts.has(name) ? 'CONVERT(? USING utf8mb4)' : '?')).join(', ')})`

type StoredValues = Partial<Record<(typeof columns)[number], Value>>

function valuesOf(row: JudgedRow): StoredValues {
  if (row.verdict === 'wrong') return { problems: json(row.problems), cells: json(row.cells) }
  if (row.verdict === 'new') return { code: typed(row.after.code), ...fieldsOf(row.after), search_text: row.searchText }
  const { id, version, code, name } = row.before
  const known = { code: typed(code), product_id: id, version }
  if (row.verdict === 'same') return { ...known, name: typed(name) }
  const { before, after, changes, searchText, wasSearchText } = row
  return {
    ...known,
    ...fieldsOf(after),
    ...prefixed(fieldsOf(before)),
    ...{ search_text: searchText, was_search_text: wasSearchText },
    ...(Object.keys(changes).length > 0 && { changes: json(changes), was_changes: json(reversed(changes)) }),
    ...(changes.archived && { archived: after.archived as 0 | 1, was_archived: before.archived }),
  }
}

function fieldsOf(product: Imported): StoredValues {
  return Object.fromEntries(fields.map((name) => [name, storable(product[name])]))
}

function prefixed(values: StoredValues): StoredValues {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`was_${name}`, value]))
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
