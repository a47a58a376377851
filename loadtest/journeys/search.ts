import { type Journey, oneOf, open, type Traveller } from './journey.js'

/** A person looks for one word, adds a second one, and opens a product. */
export function* search({ catalogue }: Traveller): Journey {
  const [first, second] = [oneOf(catalogue.words), oneOf(catalogue.words)]
  yield open('/products?q=', `/products?q=${encodeURIComponent(first)}`)
  yield open('/products?q=', `/products?q=${encodeURIComponent(`${first} ${second}`)}`)
  yield open('/products/:id', oneOf(catalogue.products))
}
