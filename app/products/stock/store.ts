import { type Connection, insertInto, type Statement, typed, type Value } from '../../database/connection.js'
import { isDuplicate } from '../../database/transient.js'
import type { JournalQuery, Movement } from './movement.js'

/** A product's units, and how many movements it has had. */
export interface Stock {
  id: number
  units: number
  movements: number
}

/** The stock of a product that nobody else can change until the transaction ends. */
export function lockStock(connection: Connection, productId: number): Promise<Stock | undefined> {
  return connection.first('SELECT id, units, movements FROM products WHERE id = ? FOR UPDATE', [productId])
}

type NewMovement = Pick<Movement, 'kind' | 'balance' | 'reason' | 'note' | 'undoes' | 'movedBy' | 'replica'>

/** The statements that bring a product's stock to another balance and say so in the journal. */
export function insertMovement({ id, units, movements }: Stock, movement: NewMovement): Statement[] {
  const { kind, balance, reason, note, undoes, movedBy, replica } = movement
  const number = movements + 1
  return [
    { sql: 'UPDATE products SET units = ?, movements = ? WHERE id = ?', values: [balance, number, id] },
    insertInto(
      'movements (product_id, number, kind, units, balance, reason, note, undoes, moved_by, moved_at, replica)',
      '(?, ?, ?, ?, ?, _utf8mb4 ?, _utf8mb4 ?, ?, ?, UTC_TIMESTAMP(3), _utf8mb4 ?)',
      [[id, number, kind, balance - units, balance, typed(reason), typed(note), undoes, movedBy, typed(replica)]],
    ),
  ]
}

/** Whether a statement failed because the movement that it takes back was taken back before. */
export function isUndone(error: unknown): boolean {
  return isDuplicate(error, 'movements_undoes')
}

export function findMovement(connection: Connection, id: number): Promise<Movement | undefined> {
  return connection.first(`SELECT ${columns} FROM movements WHERE id = ?`, [id])
}

/** A movement with what the journal says of its product, and whether it was taken back. */
export interface Entry extends Movement {
  name: string
  code: string
  undone: 0 | 1
}

/** The latest movements first. */
export function findMovements(connection: Connection, query: JournalQuery, most: number): Promise<Entry[]> {
  const asked = Object.entries(conditions).flatMap(([name, sql]) => {
    const value = query[name as keyof JournalQuery]
    return value === undefined ? [] : [{ sql, value }]
  })
  const where = asked.length > 0 ? `WHERE ${asked.map(({ sql }) => sql).join(' AND ')}` : ''
  return connection.rows(
    `SELECT ${columns}, name, code,
       EXISTS (SELECT 1 FROM movements AS later WHERE later.undoes = movements.id) AS undone
     FROM movements JOIN (SELECT id AS found FROM movements ${where} ORDER BY id DESC LIMIT ?) AS page ON found = movements.id
     JOIN products ON products.id = product_id
     ORDER BY movements.id DESC`,
    [...asked.map(({ value }): Value => value), most],
  )
}

const conditions: Record<keyof JournalQuery, string> = {
  product: 'product_id = ?',
  person: 'moved_by = ?',
  kind: 'kind = ?',
  from: 'moved_at >= ?',
  to: 'moved_at < ? + INTERVAL 1 DAY',
  before: 'id < ?',
}

/** Who has moved something; at most 500 people. */
export async function findMovers(connection: Connection): Promise<number[]> {
  const rows = await connection.rows<{ movedBy: number }>(
    'SELECT DISTINCT moved_by AS movedBy FROM movements WHERE moved_by IS NOT NULL LIMIT 500',
  )
  return rows.map(({ movedBy }) => movedBy)
}

const columns = ['id', 'number', 'kind', 'units', 'balance', 'reason', 'note', 'undoes', 'replica']
  .map((name) => `movements.${name}`)
  .concat('product_id AS productId', 'moved_by AS movedBy', 'moved_at AS movedAt')
  .join(', ')
