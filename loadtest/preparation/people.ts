import { randomBytes } from 'node:crypto'
import pLimit from 'p-limit'
import { keepCookies } from '../visitor.js'
import type { Say } from './progress.js'

export interface Account {
  email: string
  password: string
}

/** Somebody with an account, signed in. */
export interface Person {
  account: Account
  cookies: Map<string, string>
}

/** As many as three replicas hash passwords for at once. */
const gate = pLimit(6)

/** Signs people up through the application. @throws {Error} when it refuses */
export async function signUpPeople(baseUrl: string, number: number, say: Say): Promise<Person[]> {
  let done = 0
  const people = Array.from({ length: number }, () =>
    gate(async () => {
      const person = await signUp(baseUrl)
      say('signing people up', ++done, number)
      return person
    }),
  )
  return Promise.all(people)
}

async function signUp(baseUrl: string): Promise<Person> {
  const account = {
    email: `load.${randomBytes(8).toString('hex')}@example.org`,
    password: randomBytes(12).toString('base64url'),
  }
  const response = await fetch(`${baseUrl}/register`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ firstName: 'Load', lastName: 'Test', ...account }),
  })
  await response.arrayBuffer()
  if (response.status !== 303) throw new Error(`Registering a person was answered with ${response.status}.`)
  const cookies = new Map<string, string>()
  keepCookies(cookies, response.headers.getSetCookie())
  return { account, cookies }
}

/** What a signed-in person's browser sends as its Cookie header. */
export function cookieOf({ cookies }: Person): string {
  return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
}
