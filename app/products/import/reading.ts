import type { Connection } from '../../database/connection.js'
import { decoded, encodingOf } from '../csv/encoding.js'
import { recordsOf, UnclosedQuote } from '../csv/read.js'
import { columnsUnder, delimiterOf } from './columns.js'
import type { Import } from './import.js'
import { FileProblem } from './problems.js'
import * as rowStore from './row-store.js'
import { isEmpty, type JudgedRow, judge, type Known, type ParsedRow, parseRow, type Verdict } from './rows.js'
import * as store from './work-store.js'

/** A file has as many rows as this at most. */
const mostRows = 200_000

/** Rows that are compared with the products and noted together, at most, and of how many characters. */
const batch = { rows: 250, length: 500_000 }

/**
 * Reads a file and compares each of its rows with the product of its code. May be killed at any moment: whoever reads it
 * next begins anew.
 * @throws {FileProblem} where it is no file of products
 */
export async function read(connection: Connection, { id, size }: Import): Promise<void> {
  while ((await rowStore.deleteRows(connection, id, 1_000)) > 0);
  const encoding = await encodingOf(store.readChunks(connection, id))
  const parts = decoded(store.readChunks(connection, id), encoding)
  const beginning = await firstPart(parts)
  const delimiter = delimiterOf(beginning.text)
  let bytes = 0
  const texts = async function* () {
    bytes = beginning.bytes
    yield beginning.text
    for await (const part of parts) {
      bytes += part.bytes
      yield part.text
    }
  }
  try {
    const records = recordsOf(texts(), delimiter)
    const header: string[] = (await records.next()).value ?? []
    await store.saveFormat(connection, id, {
      encoding,
      delimiter,
      header: header.slice(0, 50).map((cell) => cell.slice(0, 100)),
    })
    const columns = columnsUnder(header)
    const staging = createStaging(connection, id, () => (100 * bytes) / size)
    let number = 1
    for await (const record of records) {
      number++
      if (number > mostRows + 1) throw new FileProblem('imports.problem.rows', { most: mostRows })
      if (!isEmpty(record)) await staging.add(parseRow(columns, record, number), lengthOf(record))
    }
    await store.saveRead(connection, id, await staging.end())
  } catch (error) {
    if (error instanceof UnclosedQuote) throw new FileProblem('imports.problem.quote', { row: error.record })
    throw error
  }
}

type Part = { text: string; bytes: number }

/** The first part of a file that has any text. @throws {FileProblem} where it has none */
async function firstPart(parts: AsyncGenerator<Part>): Promise<Part> {
  let bytes = 0
  for (;;) {
    const { value, done } = await parts.next()
    if (done) throw new FileProblem('imports.problem.empty')
    bytes += value.bytes
    if (value.text.trim() !== '') return { text: value.text.replace(/^[\r\n]+/, ''), bytes }
  }
}

/** Notes rows in batches. @param progress in percent */
function createStaging(connection: Connection, id: number, progress: () => number) {
  const counts: Record<Verdict, number> = { new: 0, changed: 0, same: 0, wrong: 0 }
  /** Each code of the file, folded, and the number of the row that has it. */
  const seen = new Map<string, number>()
  let waiting: ParsedRow[] = []
  let length = 0

  return {
    async add(row: ParsedRow, characters: number) {
      waiting.push(firstOfItsCode(row))
      length += characters
      if (waiting.length >= batch.rows || length >= batch.length) await stage()
    },

    async end() {
      if (waiting.length > 0) await stage()
      return counts
    },
  }

  function firstOfItsCode(row: ParsedRow): ParsedRow {
    if ('problems' in row) return row
    const { number, cells } = row
    const first = seen.get(folded(row.values.code))
    if (first === undefined) seen.set(folded(row.values.code), number)
    else return { number, cells, problems: { code: { message: 'imports.problem.codeTwice', values: { row: first } } } }
    return row
  }

  async function stage() {
    const codes = waiting.flatMap((row) => ('values' in row ? [row.values.code] : []))
    const found = await rowStore.findKnown(connection, codes)
    const known = new Map<string, Known>(found.map((product) => [folded(product.code), product]))
    for (const noted of rowStore.insertRows(id, judged(waiting, known))) {
      await connection.transact(noted, store.progressOf(id, progress()))
    }
    waiting = []
    length = 0
  }

  function* judged(rows: ParsedRow[], known: Map<string, Known>): Generator<JudgedRow> {
    for (const row of rows) {
      const judgement = judge(row, 'values' in row ? known.get(folded(row.values.code)) : undefined)
      counts[judgement.verdict]++
      yield judgement
    }
  }
}

/** Codes are of ASCII, and their case does not count. */
function folded(code: string): string {
  return code.toLowerCase()
}

function lengthOf(record: string[]): number {
  return record.reduce((sum, cell) => sum + cell.length, 0)
}
