import { CookieJar } from 'tough-cookie'
import type { Step } from './step.js'

/** Answers are compressed, as they are for everybody. */
const headers = { Accept: 'text/html', 'Accept-Encoding': 'gzip', 'Accept-Language': 'en' }
const formHeaders = { 'Content-Type': 'application/x-www-form-urlencoded', 'Sec-Fetch-Site': 'same-origin' }

/** Keeps a person's cookies and writes requests as browsers do; sends nothing itself. */
export class Browser {
  readonly #jar = new CookieJar()

  constructor(readonly baseUrl: string) {}

  requestOf({ method, path, form, headers: more, anonymous }: Step) {
    const cookie = anonymous ? '' : this.cookies
    return {
      method,
      path,
      headers: { ...headers, ...(form && formHeaders), ...more, ...(cookie && { Cookie: cookie }) },
      ...(form && { body: new URLSearchParams(form).toString() }),
    }
  }

  /** As the header has them. */
  get cookies(): string {
    return this.#jar.getCookieStringSync(this.baseUrl)
  }

  /** @param setCookies the answer's Set-Cookie headers */
  keepCookies(setCookies: string[] = []): void {
    for (const each of setCookies) this.#jar.setCookieSync(each, this.baseUrl)
  }

  hasCookie(name: string): boolean {
    return this.#jar.getCookiesSync(this.baseUrl).some(({ key }) => key === name)
  }
}
