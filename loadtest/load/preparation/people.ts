import { randomBytes } from 'node:crypto'
import pLimit from 'p-limit'
import { Browser } from '../../client/browser.js'
import { type Answer, Client } from '../../client/client.js'
import { type Step, send } from '../../client/step.js'
import type { Say } from '../../progress.js'
import type { Account } from '../journeys.js'

/** As many as three replicas hash passwords for at once. */
const gate = pLimit(6)

/** Somebody who prepares the system through its pages, as everybody else uses it. */
export class Person {
  readonly account: Account = {
    email: `load.${randomBytes(8).toString('hex')}@example.org`,
    password: randomBytes(12).toString('base64url'),
  }
  readonly browser: Browser
  readonly #client: Client

  constructor(baseUrl: string) {
    this.browser = new Browser(baseUrl)
    this.#client = new Client(baseUrl, { timeout: 30_000, record: () => {} })
  }

  /** @throws {Error} where the answer is not the expected one */
  async take(step: Step): Promise<Answer> {
    const answer = await this.#client.send(step, this.browser)
    if (answer.error) throw new Error(`${step.name} ${step.path}: ${answer.error}.`)
    return answer
  }
}

/** Signs people up. @throws {Error} when the application refuses */
export async function signUpPeople(baseUrl: string, number: number, say: Say): Promise<Person[]> {
  let done = 0
  const people = Array.from({ length: number }, () => new Person(baseUrl))
  const signUp = async (person: Person) => {
    await person.take(send('register', '/register', { firstName: 'Load', lastName: 'Test', ...person.account }))
    say('signing people up', ++done, number)
  }
  await Promise.all(people.map((person) => gate(signUp, person)))
  return people
}
