import { type Journey, open } from './journey.js'

/** Somebody who has no account opens the first page. */
export function* welcome(): Journey {
  yield { ...open('/', '/'), cookies: false }
}
