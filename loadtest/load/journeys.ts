import { randomBytes } from 'node:crypto'
import { open, type Step, send } from '../client/step.js'
import { oneOf, sharedOut } from '../random.js'
import { sampleForm } from '../sample-products.js'

/** One way through the product; a visitor starts it again when it ends. It gets the Location of each answer. */
export type Journey = Generator<Step, void, string | undefined>

export interface Account {
  email: string
  password: string
}

/** What journeys may ask for: addresses of later pages and of products, and words that products have. */
export interface Catalogue {
  pages: string[]
  products: string[]
  words: string[]
}

/** Who goes, and what is known of the catalogue since before the measurement. */
export interface Traveller {
  account: Account
  catalogue: Catalogue
  signedIn: boolean
}

/** Somebody who has no account opens the first page. */
export function* welcome(): Journey {
  yield { ...open('GET /', '/'), anonymous: true }
}

/** A person signs in and sees the products; whoever is signed in already signs out first. */
export function* signIn({ account, signedIn }: Traveller): Journey {
  if (signedIn) yield send('POST /logout', '/logout', {})
  yield open('GET /login', '/login')
  yield send('POST /login', '/login', { ...account })
  yield open('GET /products', '/products')
}

/** A person leafs through the catalogue and opens a product. */
export function* browse({ catalogue }: Traveller): Journey {
  yield open('GET /products', '/products')
  if (catalogue.pages.length > 0) yield open('GET /products, a later page', oneOf(catalogue.pages))
  yield open('GET /products/:id', oneOf(catalogue.products))
}

/** A person looks for one word, adds a second one, and opens a product. */
export function* search({ catalogue }: Traveller): Journey {
  const [first, second] = [oneOf(catalogue.words), oneOf(catalogue.words)]
  yield open('GET /products?q=', `/products?q=${encodeURIComponent(first)}`)
  yield open('GET /products?q=', `/products?q=${encodeURIComponent(`${first} ${second}`)}`)
  yield open('GET /products/:id', oneOf(catalogue.products))
}

/** Two runs never meet in a product's code. */
const run = randomBytes(4).toString('hex')
let registered = 0

/** A person opens the form, adds a product and sees it. The write has a fresh key, as the form's own would be. */
export function* registerProducts(): Journey {
  yield open('GET /products/new', '/products/new')
  const number = registered++
  const key = { 'Idempotency-Key': randomBytes(16).toString('base64url') }
  const location = yield send('POST /products', '/products', sampleForm(number, `${run}-${number}`), key)
  if (location) yield open('GET /products/:id', location)
}

/** Of a hundred journeys, so many are of each kind. Signing in costs a core a quarter of a second, and people seldom do. */
const hundred = sharedOut<(traveller: Traveller) => Journey>([
  [45, browse],
  [30, search],
  [20, registerProducts],
  [4, welcome],
  [1, signIn],
])

/** What an organisation does on a working day. */
export function* mixed(traveller: Traveller): Journey {
  yield* oneOf(hundred)(traveller)
}
