import { randomBytes } from 'node:crypto'
import { sampleProduct } from '../preparation/sample-products.js'
import { type Journey, open, send } from './journey.js'

/** Two runs never meet in a product's code. */
const run = randomBytes(4).toString('hex')
let registered = 0

/** A person opens the form, adds a product and sees it. The write has a fresh key, as the form's own would be. */
export function* registerProducts(): Journey {
  yield open('/products/new', '/products/new')
  const number = registered++
  const product = sampleProduct(number, `${run}-${number}`)
  const key = { 'Idempotency-Key': randomBytes(16).toString('base64url') }
  const { location } = yield send('/products', { ...product, units: String(product.units) }, key)
  if (location) yield open('/products/:id', location)
}
