import { setImmediate } from 'node:timers/promises'
import pLimit from 'p-limit'
import * as z from 'zod'
import type { Deadline } from '../../database/deadline.js'
import { parseId } from '../../input/schemas.js'
import type { Product } from '../product.js'
import { labelsOn, type Sheet, sheetNames, sheets } from './sheets.js'
import { barsOf, type Drawing, qrOf } from './symbols.js'

/** What a label shows of a product's code: bars, a square, or each. */
export const symbolNames = ['both', 'code128', 'qr'] as const

/** Which labels are asked for: of these products (none: of a list), how, and from which place of the first sheet on. */
export type LabelsQuery = ReturnType<typeof parseLabelsQuery>

export interface Label {
  product: Product
  /** Of the room that there is for them, `share` is how much they take. */
  bars?: Drawing & { share: number }
  qr?: Drawing
}

/** A sheet's places, in rows; those without a label stay empty. */
export type SheetOfLabels = (Label | undefined)[]

/** Labels of a request: some 450 KB at most, which nginx still takes as a whole. */
export const mostLabels = 150

/** Never fails: what cannot be understood counts as not asked. */
export function parseLabelsQuery(values: Record<string, unknown>) {
  const ids = [values.id].flat().map(parseId)
  return { ids: [...new Set(ids)].filter((id) => id !== undefined), ...labelsQuery.parse(values) }
}

/** Draws a label or more for each product. Requests take turns, and between two products others do. */
export function drawLabels(products: Product[], query: LabelsQuery, deadline: Deadline): Promise<SheetOfLabels[]> {
  return deadline.bound(() => inTurn(() => draw(products, query, deadline)))
}

const inTurn = pLimit(1)

async function draw(products: Product[], query: LabelsQuery, deadline: Deadline): Promise<SheetOfLabels[]> {
  const sheet = sheets[query.sheet]
  const labels: Label[] = []
  for (const product of products.slice(0, Math.ceil(mostLabels / query.copies))) {
    deadline.check()
    labels.push(...Array<Label>(query.copies).fill(drawLabel(product, query.symbol, sheet)))
    await setImmediate()
  }
  const used = Math.min(query.first, labelsOn(sheet)) - 1
  return inSheets([...Array<undefined>(used), ...labels.slice(0, mostLabels)], labelsOn(sheet))
}

/** Of the width inside a label that has both, the QR code's; and what is between them, in mm. As in labels.css. */
const shareOfQr = 0.25
const gap = 2

/** The narrowest bars that an office printer prints well, and the widest that look well, in mm. */
const narrowestModule = 0.19
const widestModule = 0.5

/** Where the bars would be too narrow to be read, there is the QR code instead, which needs less room. */
function drawLabel(product: Product, asked: LabelsQuery['symbol'], { width, padding }: Sheet): Label {
  const inside = width - 2 * padding
  const room = asked === 'both' ? inside * (1 - shareOfQr) - gap : inside
  const bars = asked === 'qr' ? undefined : barsOf(product.code)
  const fits = bars && room / bars.width >= narrowestModule
  return {
    product,
    ...(fits && { bars: { ...bars, share: Math.min(1, (widestModule * bars.width) / room) } }),
    ...((!fits || asked === 'both') && { qr: qrOf(product.code) }),
  }
}

function inSheets(labels: (Label | undefined)[], size: number): SheetOfLabels[] {
  const count = Math.ceil(labels.length / size)
  return Array.from({ length: count }, (_, index) => labels.slice(index * size, (index + 1) * size))
}

const labelsQuery = z.object({
  symbol: z.enum(symbolNames).catch('both'),
  sheet: z.enum(sheetNames).catch('a4-21'),
  copies: z.coerce.number().int().min(1).max(mostLabels).catch(1),
  first: z.coerce.number().int().min(1).max(65).catch(1),
})
