import { type Delimiter, delimiters, firstRecord } from '../csv/read.js'
import { fold } from '../search/text.js'
import { FileProblem } from './problems.js'

/** What a file may say of a product, in the order in which Bodega writes it. */
export const columnNames = ['name', 'code', 'description', 'units', 'category', 'minimum'] as const

export type ColumnName = (typeof columnNames)[number]

/** What each column of a file holds; undefined for one that is left aside. */
export type Columns = (ColumnName | undefined)[]

/** A file has as many columns as this at most. */
const mostColumns = 50

/** A longer header is none that is known. */
const longestHeader = 100

/** What people call the columns, in both languages, folded. */
const headers: Record<ColumnName, string[]> = {
  name: [
    'nombre',
    'nombre del producto',
    'producto',
    'articulo',
    'denominacion',
    'titulo',
    'name',
    'product name',
  ].concat('product', 'item', 'item name', 'title'),
  code: [
    'codigo',
    'codigo del producto',
    'codigo de producto',
    'cod',
    'referencia',
    'ref',
    'sku',
    'code',
    'product code',
  ].concat('item code', 'part number', 'reference'),
  description: ['descripcion', 'descripcion del producto', 'detalle', 'detalles', 'description', 'desc', 'details'],
  units: ['unidades', 'uds', 'cantidad', 'existencias', 'stock', 'units', 'quantity', 'qty', 'in stock', 'on hand'],
  category: ['categoria', 'familia', 'grupo', 'category', 'family', 'group'],
  minimum: [
    'minimo',
    'unidades minimas',
    'existencias minimas',
    'stock minimo',
    'cantidad minima',
    'minimum',
    'min',
  ].concat('minimum units', 'minimum stock', 'min stock', 'minimum quantity', 'reorder level', 'reorder point'),
}

const known = new Map(columnNames.flatMap((name) => headers[name].map((header) => [header, name] as const)))

/** The delimiter with which the beginning of a file has the most headers that are known, or else the most of any. */
export function delimiterOf(beginning: string): Delimiter {
  const [best] = delimiters
    .map((delimiter) => {
      const header = firstRecord(beginning, delimiter)
      return { delimiter, known: header.filter(nameOf).length, all: header.length }
    })
    .toSorted((one, other) => other.known - one.known || other.all - one.all)
  return best?.delimiter ?? ','
}

/** What the columns under these headers hold. @throws {FileProblem} where that cannot be told, or no product by it */
export function columnsUnder(header: string[]): Columns {
  if (header.length > mostColumns) throw new FileProblem('imports.problem.columns', { most: mostColumns })
  const columns = header.map(nameOf)
  const twice = columnNames.find((name) => columns.indexOf(name) !== columns.lastIndexOf(name))
  if (twice) throw new FileProblem('imports.problem.columnTwice', { column: header[columns.lastIndexOf(twice)] ?? '' })
  if (!columns.includes('code')) throw new FileProblem('imports.problem.noCode')
  if (columns.filter(Boolean).length < 2) throw new FileProblem('imports.problem.onlyCode')
  return columns
}

function nameOf(header: string): ColumnName | undefined {
  if (header.length > longestHeader) return undefined
  const words = fold(header)
    .toString()
    .toLowerCase()
    .split(/[^a-z]+/)
  return known.get(words.filter(Boolean).join(' '))
}
