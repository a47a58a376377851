import { type Report, shown, type Table } from './report.js'

/** The verdict, the notes and the tables of a report as a terminal shows them; its charts need the HTML. */
export function renderForTerminal({ title, verdict, tables, notes }: Report): string {
  return [
    title,
    ...tables.map((table) => `${table.title}\n${renderTable(table)}`),
    notes.map((note) => `· ${note}`).join('\n'),
    `${verdict.ok ? '✓ Passed' : '✗ Failed'}: ${verdict.text}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** Columns of numbers stand right, others left. */
export function renderTable({ head, rows }: Table): string {
  const lines = [head, ...rows.map((row) => row.map(shown))]
  const widths = head.map((_, column) => Math.max(...lines.map((line) => [...(line[column] ?? '')].length)))
  return lines
    .map((line) =>
      line.map((text, column) => {
        const width = widths[column] as number
        return typeof rows[0]?.[column] === 'number' ? text.padStart(width) : text.padEnd(width)
      }),
    )
    .map((cells) => `  ${cells.join('   ').trimEnd()}`)
    .join('\n')
}
