import { Readable } from 'node:stream'
import { setImmediate as nextRound } from 'node:timers/promises'
import { CsvError, parse } from 'csv-parse'
import { parse as parseNow } from 'csv-parse/sync'

/** Thrown where quotation marks leave no rows to be told: one that is opened and not closed takes in all that follows. */
export class UnclosedQuote extends Error {
  /** @param record the one in which it is, from 1 */
  constructor(readonly record: number) {
    super(`a quotation mark of record ${record} is not closed`)
  }
}

/** What may separate cells. */
export const delimiters = [',', ';', '\t', '|'] as const

export type Delimiter = (typeof delimiters)[number]

/** A record is as long as this at most, in characters; more is an open quotation mark. */
const longestRecord = 200_000

/** Characters without a line break, at most: the parser counts no separators and quotation marks, of which a record may be full. */
const longestLine = 2 * longestRecord

/** Characters that are parsed between two rounds of the event loop: each may be a record, and one of other cells than the first takes 20 µs. */
const together = 4_096

/** A quotation mark within a cell that does not begin with one counts as it stands, as in 2" pipe. */
const options = { relax_column_count: true, relax_quotes: true, record_delimiter: ['\r\n', '\n', '\r'] }

/** The first record of a text, as it is with a delimiter. */
export function firstRecord(text: string, delimiter: Delimiter): string[] {
  try {
    return parseNow(text, { ...options, delimiter, to: 1 })[0] ?? []
  } catch (error) {
    if (error instanceof CsvError) return []
    throw error
  }
}

/** The records of a text. @throws {UnclosedQuote} */
export async function* recordsOf(text: AsyncIterable<string>, delimiter: Delimiter): AsyncGenerator<string[]> {
  const parser = parse({ ...options, delimiter, max_record_size: longestRecord })
  let records = 0
  const source = Readable.from(pieces())
  source.on('error', (error) => parser.destroy(error))
  try {
    for await (const record of source.pipe(parser)) {
      records++
      yield record
    }
  } catch (error) {
    if (error instanceof CsvError) throw new UnclosedQuote(records + 1)
    throw error
  } finally {
    source.destroy()
  }

  async function* pieces() {
    let length = 0
    for await (const part of text) {
      for (let start = 0; start < part.length; start += together) {
        const piece = part.slice(start, start + together)
        const end = Math.max(piece.lastIndexOf('\n'), piece.lastIndexOf('\r'))
        length = end < 0 ? length + piece.length : piece.length - end
        if (length > longestLine) throw new UnclosedQuote(records + 1)
        yield piece
        await nextRound()
      }
    }
  }
}
