import { type Journey, open, send, type Traveller } from './journey.js'

/** A person signs in and sees the products; whoever is signed in already signs out first. */
export function* signIn({ account, signedIn }: Traveller): Journey {
  if (signedIn) yield send('/logout', {})
  yield open('/login', '/login')
  yield send('/login', { email: account.email, password: account.password })
  yield open('/products', '/products')
}
