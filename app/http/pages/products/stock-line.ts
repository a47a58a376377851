import type { Product } from '../../../products/product.js'
import type { Balance } from '../../../products/stock/movement.js'

/** The drawing's size, in units of its own. */
const width = 600
const height = 120

/**
 * The units of a product over time as a line of steps, from the first of these movements, or from when the product was
 * added if they are all, until now.
 * @param balances the last one first
 */
export function drawStock(product: Product, balances: Balance[], now = new Date()) {
  const points = balances.map(({ movedAt, balance }) => ({ at: movedAt, balance })).reverse()
  const first = balances.at(-1)
  if (first?.number === 1) points.unshift({ at: product.createdAt, balance: first.balance - first.units })
  const [since, values] = [points[0]?.at ?? now, points.map(({ balance }) => balance)]
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const top = Math.max(most, product.minimum, 1)
  const x = (at: Date) =>
    rounded((width * (at.getTime() - since.getTime())) / Math.max(1, now.getTime() - since.getTime()))
  const y = (units: number) => rounded(height - (height * units) / top)
  const steps = points.slice(1).map(({ at, balance }) => `H${x(at)}V${y(balance)}`)
  const path = `M0 ${y(values[0] ?? 0)}${steps.join('')}H${width}`
  const minimum = product.minimum > 0 ? y(product.minimum) : undefined
  return { width, height, path, minimum, since, least, most, top }
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
