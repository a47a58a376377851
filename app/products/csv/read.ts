import { Readable } from 'node:stream'
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
  const source = Readable.from(text)
  source.on('error', (error) => parser.destroy(error))
  let records = 0
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
}
