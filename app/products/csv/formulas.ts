/**
 * Spreadsheets compute a cell that begins with one of these, whoever wrote it. An apostrophe before it makes text of it.
 * Source: OWASP, CSV Injection.
 */
const formula = /^'*[=+\-@\t\r]/

/** A cell that no spreadsheet computes. One that looks like a defused one gets another apostrophe, so that none is lost. */
export function defused(text: string): string {
  return formula.test(text) ? `'${text}` : text
}

/** What {@link defused} was given. */
export function undefused(cell: string): string {
  return cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell
}
