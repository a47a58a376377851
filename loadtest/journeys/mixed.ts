import { browse } from './browse.js'
import { type Journey, oneOf, type Traveller } from './journey.js'
import { registerProducts } from './register-products.js'
import { search } from './search.js'
import { signIn } from './sign-in.js'
import { welcome } from './welcome.js'

/** Of a hundred journeys, so many are of each kind. Signing in costs a core a quarter of a second, and people seldom do. */
const shares: [number, (traveller: Traveller) => Journey][] = [
  [45, browse],
  [30, search],
  [20, registerProducts],
  [4, welcome],
  [1, signIn],
]
const hundred = shares.flatMap(([share, journey]) => Array<typeof journey>(share).fill(journey))

/** What an organisation does on a working day. */
export function* mixed(traveller: Traveller): Journey {
  yield* oneOf(hundred)(traveller)
}
