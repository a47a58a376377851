import { type Connection, insertInto, type Statement, typed, type Value } from '../../database/connection.js'
import type { Product } from '../product.js'
import type { Balance, JournalQuery, Movement } from './movement.js'

/** A product's units, and how many movements it has had. */
export type Stock = Pick<Product, 'id' | 'name' | 'units' | 'archived' | 'movements'>

/** The stock of a product that nobody else can change until the transaction ends. */
export function lockStock(connection: Connection, productId: number): Promise<Stock | undefined> {
  return connection.first('SELECT id, name, units, archived, movements FROM products WHERE id = ? FOR UPDATE', [
    productId,
  ])
}

type NewMovement = Pick<Movement, 'kind' | 'balance' | 'reason' | 'note' | 'undoes' | 'movedBy' | 'replica'>

/** The statements that bring a product's stock to another balance and say so in the journal. */
export function insertMovement({ id, units, movements }: Stock, movement: NewMovement): Statement[] {
  const { kind, balance, reason, note, undoes, movedBy, replica } = movement
  const number = movements + 1
  return [
    {
      sql: 'UPDATE products SET units = ?, movements = ?, version = version + 1 WHERE id = ?',
      values: [balance, number, id],
    },
    insertInto(
      'movements (product_id, number, kind, units, balance, reason, note, undoes, moved_by, moved_at, replica)',
      '(?, ?, ?, ?, ?, _utf8mb4 ?, _utf8mb4 ?, ?, ?, UTC_TIMESTAMP(3), _utf8mb4 ?)',
      [[id, number, kind, balance - units, balance, typed(reason), typed(note), undoes, movedBy, typed(replica)]],
    ),
  ]
}

/** Whether another movement undoes this one. */
export async function isUndone(connection: Connection, id: number): Promise<boolean> {
  return (await connection.first('SELECT id FROM movements WHERE undoes = ?', [id])) !== undefined
}

/** Whether the product's units were counted after a movement, by a count that nobody has undone. */
export async function isCountedSince(connection: Connection, { id }: Pick<Movement, 'id'>): Promise<boolean> {
  return (await connection.first(`SELECT id FROM movements WHERE id = ? AND ${isCounted}`, [id])) !== undefined
}

const isCounted = `EXISTS (
  SELECT 1 FROM movements AS later
  WHERE later.product_id = movements.product_id AND later.kind = 'count' AND later.number > movements.number
    AND later.undoes IS NULL AND NOT EXISTS (SELECT 1 FROM movements AS counter WHERE counter.undoes = later.id))`

export function findMovement(connection: Connection, id: number): Promise<Movement | undefined> {
  return connection.first(`SELECT ${columns} FROM movements WHERE id = ?`, [id])
}

/** The latest movements of a product first. */
export function findBalances(connection: Connection, productId: number, most: number): Promise<Balance[]> {
  return connection.rows(
    `SELECT number, kind, units, balance, undoes, moved_at AS movedAt FROM movements
     WHERE product_id = ? ORDER BY number DESC LIMIT ?`,
    [productId, most],
  )
}

/** A movement with its product's name and code, the number of the one that it undoes, and whether it was undone or counted since. */
export interface Entry extends Movement {
  name: string | null
  code: string | null
  undoesNumber: number | null
  undone: 0 | 1
  counted: 0 | 1
}

/** The latest movements first. */
export function findMovements(connection: Connection, query: JournalQuery, most: number): Promise<Entry[]> {
  // Of a product, they are numbered in the same order, and that has an index.
  const order = query.product === undefined ? 'id' : 'number'
  const asked = Object.entries({ ...conditions, before: before[order] }).flatMap(([name, sql]) => {
    const value = query[name as keyof JournalQuery]
    return value === undefined ? [] : [{ sql, value }]
  })
  const where = asked.length > 0 ? `WHERE ${asked.map(({ sql }) => sql).join(' AND ')}` : ''
  return connection.rows(
    `SELECT ${columns}, name, code, undone.number AS undoesNumber,
       EXISTS (SELECT 1 FROM movements AS later WHERE later.undoes = movements.id) AS undone,
       ${isCounted} AS counted
     FROM (SELECT id AS found FROM movements ${where} ORDER BY ${order} DESC LIMIT ?) AS page
     JOIN movements ON movements.id = found
     LEFT JOIN movements AS undone ON undone.id = movements.undoes
     LEFT JOIN products ON products.id = movements.product_id
     ORDER BY movements.id DESC`,
    [...asked.flatMap(({ sql, value }): Value[] => [...sql.matchAll(/\?/g)].map(() => value)), most],
  )
}

/**
 * Days are asked for by the first and the last movement of theirs, too, because the journal is in the order of their ids; but
 * those of an import have the time when it was begun, ten minutes before at most. `+ INTERVAL 0 SECOND` keeps servers from
 * the index of times, which has them in no order of a page.
 */
const conditions: Record<Exclude<keyof JournalQuery, 'before'>, string> = {
  product: 'product_id = ?',
  person: 'moved_by = ?',
  kind: 'kind = ?',
  from: `moved_at + INTERVAL 0 SECOND >= ?
    AND id >= (SELECT id FROM movements WHERE moved_at >= ? ORDER BY moved_at, id LIMIT 1)`,
  to: `moved_at + INTERVAL 0 SECOND < ? + INTERVAL 1 DAY
    AND id <= (SELECT MAX(id) FROM movements WHERE moved_at < ? + INTERVAL 1 DAY
      AND moved_at >= (SELECT MAX(moved_at) FROM movements WHERE moved_at < ? + INTERVAL 1 DAY) - INTERVAL 20 MINUTE)`,
}

const before = { id: 'id < ?', number: 'number < (SELECT number FROM movements AS last WHERE last.id = ?)' }

/** Who has moved something; at most 500 people. The server goes from one to the next in their index; MariaDB 10.11 not in a statement that was
 * prepared before it opened the table anew. */
export async function findPeople(connection: Connection): Promise<number[]> {
  const rows = await connection.rowsUnprepared<{ person: number }>(
    'SELECT DISTINCT moved_by AS person FROM movements WHERE moved_by IS NOT NULL ORDER BY moved_by LIMIT 500',
  )
  return rows.map(({ person }) => person)
}

const columns = ['id', 'number', 'kind', 'units', 'balance', 'reason', 'note', 'undoes', 'replica']
  .map((name) => `movements.${name}`)
  .concat('movements.product_id AS productId', 'movements.moved_by AS movedBy', 'movements.moved_at AS movedAt')
  .join(', ')
