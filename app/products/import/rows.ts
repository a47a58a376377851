import type * as z from 'zod'
import { type FieldProblems, Invalid } from '../../errors.js'
import { filled, wholeNumber } from '../../input/form-values.js'
import { parse, whole } from '../../input/schemas.js'
import { undefused } from '../csv/formulas.js'
import { mostUnits, productDraft } from '../product.js'
import { searchTextOf } from '../search/text.js'
import type { ColumnName, Columns } from './columns.js'

/** What becomes of a row of a file. */
export const verdicts = ['new', 'changed', 'same', 'wrong'] as const

export type Verdict = (typeof verdicts)[number]

/** What an import says of a product, and so what it may change. */
export interface Imported {
  name: string
  code: string
  description: string
  units: number
  category: string
  minimum: number
  /** Undefined where it stays as it is. */
  archived?: 0 | 1
}

/** A product as a row is compared with it. */
export interface Known extends Imported {
  id: number
  version: number
  archived: 0 | 1
}

/** A row as it was understood; an empty cell says nothing of its field. */
export type ParsedRow = WrongRow | { number: number; cells: string[]; values: z.infer<typeof importedRow> }

interface WrongRow {
  number: number
  cells: string[]
  problems: FieldProblems
}

/** What a row comes to, beside the products that there are. */
export type JudgedRow = { number: number } & (
  | { verdict: 'new'; after: Imported; searchText: Buffer }
  | { verdict: 'same'; before: Known }
  | {
      verdict: 'changed'
      before: Known
      after: Imported
      changes: FieldChanges
      searchText: Buffer
      wasSearchText: Buffer
    }
  | { verdict: 'wrong'; cells: string[]; problems: FieldProblems }
)

/** Of each field that changes, but for the units, its value before and after. */
export type FieldChanges = Record<string, { from: string | number; to: string | number }>

const importedRow = productDraft
  .extend({ minimum: whole(0, mostUnits) })
  .partial()
  .extend({ code: productDraft.shape.code })

const numbers: ReadonlySet<ColumnName | undefined> = new Set(['units', 'minimum'])

/** Understands a row. @param number as spreadsheets number it */
export function parseRow(columns: Columns, record: string[], number: number): ParsedRow {
  const cells = record.map(undefused)
  const tooMany = cells.slice(columns.length).some((cell) => cell.trim() !== '')
  if (cells.length < columns.length || tooMany) {
    const values = { cells: cells.length, columns: columns.length }
    return { number, cells, problems: { row: { message: 'imports.problem.cells', values } } }
  }
  try {
    return { number, cells, values: parse(importedRow, valuesOf(columns, cells)) }
  } catch (error) {
    if (error instanceof Invalid) return { number, cells, problems: error.fields }
    throw error
  }
}

/** Whether there is nothing in a row, as at the end of many files. */
export function isEmpty(record: string[]): boolean {
  return record.every((cell) => cell.trim() === '')
}

/** What a row comes to. @param before the product that has its code */
export function judge(row: ParsedRow, before: Known | undefined): JudgedRow {
  if ('problems' in row) return { ...row, verdict: 'wrong' }
  const { number, cells, values } = row
  if (!before) {
    const missing = required.filter((name) => values[name] === undefined)
    const problems: FieldProblems = Object.fromEntries(missing.map((name) => [name, { message: 'problem.missing' }]))
    if (missing.length > 0) return { number, cells, verdict: 'wrong', problems }
    const after = { description: '', minimum: 0, ...values } as Imported
    return { number, verdict: 'new', after, searchText: searchTextOf(after) }
  }
  if (before.archived)
    return { number, cells, verdict: 'wrong', problems: { code: { message: 'imports.problem.archived' } } }
  // The code tells which product it is; its case is the product's own.
  const after: Imported = { ...before, ...(values as Partial<Imported>), code: before.code }
  const changes = changesBetween(before, after)
  if (Object.keys(changes).length === 0 && before.units === after.units) return { number, verdict: 'same', before }
  const texts = { searchText: searchTextOf(after), wasSearchText: searchTextOf(before) }
  return { number, verdict: 'changed', before, after, changes, ...texts }
}

const required = ['name', 'units', 'category'] as const

/** The fields that are changed as such, and not by a movement. */
const described = ['name', 'description', 'category', 'minimum'] as const

function changesBetween(before: Imported, after: Imported): FieldChanges {
  const changed = described.filter((name) => before[name] !== after[name])
  return Object.fromEntries(changed.map((name) => [name, { from: before[name], to: after[name] }]))
}

/** Changes the other way. */
export function reversed(changes: FieldChanges): FieldChanges {
  return Object.fromEntries(Object.entries(changes).map(([name, { from, to }]) => [name, { from: to, to: from }]))
}

function valuesOf(columns: Columns, cells: string[]): Record<string, unknown> {
  const values = columns.flatMap((name, index) => {
    const cell = filled(cells[index])
    return name && cell !== undefined ? [[name, numbers.has(name) ? wholeNumber(cell) : cell]] : []
  })
  return Object.fromEntries(values)
}
