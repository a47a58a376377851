import { stringify } from 'csv-stringify/sync'
import { defused } from './formulas.js'

/** Text is defused; a number is none that a spreadsheet computes, and is empty where there is none. */
export type Cell = string | number | null

/** What a file begins with, so that spreadsheets take it for UTF-8. */
export const byteOrderMark = '\uFEFF'

/** Records of a CSV file, by RFC 4180. */
export function toCsv(records: Cell[][], delimiter = ','): string {
  const cells = records.map((record) =>
    record.map((cell) => (typeof cell === 'string' ? defused(cell) : String(cell ?? ''))),
  )
  return stringify(cells, { delimiter, record_delimiter: '\r\n', quote_record_delimiter: true })
}
