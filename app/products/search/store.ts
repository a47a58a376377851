import { type Connection, padded } from '../../database/connection.js'
import type { Condition, IndexedSet } from '../list/listing.js'
import type { Positions } from './blocks.js'
import { type Described, searchTextOf } from './text.js'

/** That a product is in all of these sets and has all of the words, folded; the text is looked at last. */
export function conditionOf(sets: IndexedSet[], words: Buffer[]): Condition {
  const each = sets.flatMap(({ conditions }) => conditions)
  return {
    sql: [...each.map(({ sql }) => sql), hasAll(words)].join(' AND '),
    values: [...each.flatMap(({ values }) => values), ...words],
  }
}

/**
 * Products that meet a condition, by looking at each: the newest of those behind the end of the index, and the newest of
 * those whose text has changed since it was indexed; at most so many of both, in no order.
 */
export async function scan(
  connection: Connection,
  { sql, values }: Condition,
  indexedTo: number,
  most: number,
): Promise<number[]> {
  const rows = await connection.rows<{ id: number }>(
    `(SELECT id FROM products FORCE INDEX (PRIMARY) WHERE id > ? AND ${sql} ORDER BY id DESC LIMIT ?)
     UNION ALL
     (SELECT id FROM search_changes STRAIGHT_JOIN products FORCE INDEX (PRIMARY) ON id = product_id
      WHERE product_id <= ? AND ${sql} ORDER BY product_id DESC LIMIT ?)`,
    [indexedTo, ...values, most, indexedTo, ...values, most],
  )
  return rows.map(({ id }) => id)
}

/** Those of these products that meet a condition, the newest first. */
export async function findThoseWith(connection: Connection, asked: Condition, ids: number[]): Promise<number[]> {
  const rows = await connection.rowsIn<{ id: number }>(
    `SELECT id FROM products FORCE INDEX (PRIMARY) WHERE id IN (?) AND ${asked.sql} ORDER BY id DESC`,
    [ids, ...asked.values],
  )
  return rows.map(({ id }) => id)
}

interface TermRow {
  block: number
  term: number
  products: Positions
}

/** What the index has of these terms in these blocks. */
export function readTerms(connection: Connection, blocks: number[], terms: number[]): Promise<TermRow[]> {
  return connection.rowsIn('SELECT block, term, products FROM search_terms WHERE block IN (?) AND term IN (?)', [
    blocks,
    terms,
  ])
}

/** Puts rows in place of those of the same terms. */
export async function saveTerms(connection: Connection, rows: TermRow[]): Promise<void> {
  const all = padded(rows)
  await connection.change(
    `REPLACE INTO search_terms (block, term, products) VALUES ${all.map(() => '(?, ?, ?)').join(', ')}`,
    all.flatMap(({ block, term, products }) => [block, term, products]),
  )
}

/** The slots of db/products/006_catalogue_state.ts that the triggers change, and the one that the index has for itself. */
const slots = Array.from({ length: 16 }, (_, slot) => slot)
const ownSlot = 16

/**
 * From now on, a product with a number up to `to` that commits late sets back where the index ends; those that did
 * not are in the table, committed.
 * @param from where the index ended; what was set back further since stays
 */
export async function watchForLate(connection: Connection, from: number, to: number): Promise<void> {
  // A slot at a time, because each keeps those who add products waiting.
  for (const slot of slots) {
    await connection.change('UPDATE catalogue_state SET indexed_to = ? WHERE slot = ? AND indexed_to >= ?', [
      to,
      slot,
      from,
    ])
  }
}

export async function saveIndexedTo(connection: Connection, to: number): Promise<void> {
  await connection.change('UPDATE catalogue_state SET indexed_to = ? WHERE slot = ?', [to, ownSlot])
}

/** Whether there are as many numbers of products behind the end of the index; where numbers are missing, fewer products. */
export async function isBehind(connection: Connection, by: number): Promise<boolean> {
  const row = await connection.first<{ behind: number | null }>(
    'SELECT MAX(id) >= (SELECT MIN(indexed_to) FROM catalogue_state) + ? AS behind FROM products',
    [by],
  )
  return row?.behind === 1
}

/** The numbers of the first products behind this one. */
export async function findNext(connection: Connection, after: number, most: number): Promise<number[]> {
  const rows = await connection.rows<{ id: number }>('SELECT id FROM products WHERE id > ? ORDER BY id LIMIT ?', [
    after,
    most,
  ])
  return rows.map(({ id }) => id)
}

export interface Indexed extends Described {
  id: number
}

/** Those behind one number and up to another. */
export function findProducts(connection: Connection, { after, to }: { after: number; to: number }): Promise<Indexed[]> {
  return connection.rows(
    'SELECT id, name, code, description, category FROM products WHERE id > ? AND id <= ? ORDER BY id',
    [after, to],
  )
}

/** A product whose text has changed since it was indexed, and the mark of the last change. */
interface Changed {
  id: number
  mark: number
}

/** The first of those up to this number, at most so many. */
export function findChanged(connection: Connection, upTo: number, most: number): Promise<Changed[]> {
  return connection.rows(
    'SELECT product_id AS id, mark FROM search_changes WHERE product_id <= ? ORDER BY product_id LIMIT ?',
    [upTo, most],
  )
}

/** Forgets a change that the index has taken in, unless there was another one meanwhile. */
export async function deleteChanged(connection: Connection, { id, mark }: Changed): Promise<void> {
  await connection.change('DELETE FROM search_changes WHERE product_id = ? AND mark = ?', [id, mark])
}

/**
 * Makes the search text of some products that have none, or one without the category, because a replica of an older
 * version added them.
 * @returns how many there were
 */
export async function repairSearchText(connection: Connection, most: number): Promise<number> {
  const rows = await connection.rows<Indexed>(
    `SELECT id, name, code, description, category FROM products WHERE ${isOld} LIMIT ?`,
    [most],
  )
  for (const row of rows) {
    await connection.change(`UPDATE products SET search_text = ? WHERE id = ? AND ${isOld}`, [
      searchTextOf(row),
      row.id,
    ])
  }
  return rows.length
}

/** A text of this version begins with a line break. */
const isOld = "(search_text IS NULL OR search_text >= X'0B')"

/** The condition that each of the words, folded, makes. */
export function hasAll(words: Buffer[]): string {
  return words.map(() => 'INSTR(search_text, ?) > 0').join(' AND ')
}
