import { CookieJar } from 'tough-cookie'
import type { Step } from './step.js'

/** Answers are compressed, as they are for everybody. */
const headers = { Accept: 'text/html', 'Accept-Encoding': 'gzip', 'Accept-Language': 'en' }
const boundary = 'a-boundary-between-parts'

/** Keeps a person's cookies and writes requests as browsers do; sends nothing itself. */
export class Browser {
  readonly #jar = new CookieJar()

  constructor(readonly baseUrl: string) {}

  requestOf(step: Step) {
    const { method, path, headers: more, anonymous } = step
    const cookie = anonymous ? '' : this.cookies
    const sent = contentsOf(step)
    const ofForm = sent && { 'Content-Type': sent.type, 'Sec-Fetch-Site': 'same-origin' }
    return {
      method,
      path,
      headers: { ...headers, ...ofForm, ...more, ...(cookie && { Cookie: cookie }) },
      ...(sent && { body: sent.body }),
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

function contentsOf({ form, file, json }: Step): { type: string; body: string } | undefined {
  if (json) return { type: 'application/json', body: JSON.stringify(json) }
  if (form) return { type: 'application/x-www-form-urlencoded', body: new URLSearchParams(form).toString() }
  if (!file) return undefined
  const header = `Content-Disposition: form-data; name="file"; filename="${file.name}"`
  const body = `--${boundary}\r\n${header}\r\n\r\n${file.text}\r\n--${boundary}--\r\n`
  return { type: `multipart/form-data; boundary=${boundary}`, body }
}
