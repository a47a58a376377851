import { type Journey, oneOf, open, type Traveller } from './journey.js'

/** A person leafs through the catalogue and opens a product. */
export function* browse({ catalogue }: Traveller): Journey {
  yield open('/products', '/products')
  if (catalogue.pages.length > 0) yield open('/products, a later page', oneOf(catalogue.pages))
  yield open('/products/:id', oneOf(catalogue.products))
}
