import type { Catalogue } from '../preparation/catalogue.js'
import type { Account } from '../preparation/people.js'

/** One request of a journey, and the status of the answer that lets the journey go on. */
export interface Step {
  /** What the step is called in the report; the same for all products. */
  name: string
  method: 'GET' | 'POST'
  path: string
  form?: Record<string, string>
  headers?: Record<string, string>
  /** Whether the visitor's cookies go with it. */
  cookies: boolean
  expect: number
}

/** What came back of a step, with the status that was expected. */
export interface Answer {
  location: string | undefined
}

/** One way through the product from its first page to its last; a visitor begins it again when it ends. */
export type Journey = Generator<Step, void, Answer>

/** Who goes, and what is known of the catalogue since before the measurement. */
export interface Traveller {
  account: Account
  catalogue: Catalogue
  signedIn: boolean
}

export function open(name: string, path: string): Step {
  return { name: `GET ${name}`, method: 'GET', path, cookies: true, expect: 200 }
}

/** Sends a form, which the product answers with "see there". */
export function send(path: string, form: Record<string, string>, headers: Record<string, string> = {}): Step {
  return { name: `POST ${path}`, method: 'POST', path, form, headers, cookies: true, expect: 303 }
}

export function oneOf<T>(choices: readonly T[]): T {
  return choices[Math.floor(Math.random() * choices.length)] as T
}
