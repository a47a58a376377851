import type { Request } from 'autocannon'
import type { Answer, Journey, Step, Traveller } from './journeys/journey.js'

/** What a browser sends with every request. Answers are compressed, as they are for everybody. */
const headers = { Accept: 'text/html', 'Accept-Encoding': 'gzip', 'Accept-Language': 'en' }

/** A browser on its way: keeps its cookies, and goes on to the next step when the last one was answered as expected. */
export class Visitor {
  readonly #cookies: Map<string, string>
  readonly #begin: () => Journey
  #journey: Journey | undefined
  #answer: Answer = { location: undefined }

  constructor(
    person: Omit<Traveller, 'signedIn'> & { cookies: Map<string, string> },
    journey: (traveller: Traveller) => Journey,
  ) {
    this.#cookies = new Map(person.cookies)
    this.#begin = () => journey({ ...person, signedIn: this.#cookies.has('session') })
  }

  nextStep(): Step {
    this.#journey ??= this.#begin()
    const { value, done } = this.#journey.next(this.#answer)
    if (!done) return value
    this.#journey = undefined
    return this.nextStep()
  }

  request({ method, path, form, headers: more, cookies }: Step): Request {
    const cookie = cookies && [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    return {
      method,
      path,
      headers: {
        ...headers,
        ...more,
        ...(cookie && { Cookie: cookie }),
        ...(form && { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' }),
      },
      ...(form && { body: new URLSearchParams(form).toString() }),
    }
  }

  arrived(location: string | undefined, setCookies: string[]): void {
    keepCookies(this.#cookies, setCookies)
    this.#answer = { location }
  }

  /** The last step failed, so the journey ends here, and another one begins. */
  giveUp(): void {
    this.#journey = undefined
  }
}

/** Keeps what Set-Cookie headers give, and forgets what they take back. */
export function keepCookies(cookies: Map<string, string>, setCookies: string[]): void {
  for (const set of setCookies) {
    const [pair = '', ...attributes] = set.split(/; */)
    const [name = '', value = ''] = pair.split(/=(.*)/s)
    const expires = attributes.find((each) => /^expires=/i.test(each))?.slice('expires='.length)
    if (value === '' || (expires && Date.parse(expires) < Date.now())) cookies.delete(name)
    else cookies.set(name, value)
  }
}
