import { randomBytes } from 'node:crypto'
import { type CheerioAPI, load } from 'cheerio'
import { CookieJar } from 'tough-cookie'
import { builtInRoleIds } from '../app/users/role.js'
import { databases, stack } from './system.js'

export interface Answer {
  status: number
  headers: Headers
  location: string | null
  servedBy: string | null
  html: string
  $: CheerioAPI
}

/** A person at a browser without scripts: keeps cookies, follows nothing by itself, sends forms as they stand. */
export class Person {
  readonly #jar = new CookieJar()
  readonly headers: Record<string, string>

  constructor(
    readonly address = stack.url,
    headers: Record<string, string> = {},
  ) {
    this.headers = { 'accept-language': 'en', ...headers }
  }

  get(path: string, headers?: Record<string, string>): Promise<Answer> {
    return this.send('GET', path, { headers })
  }

  post(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Answer> {
    return this.send('POST', path, { body: new URLSearchParams(fields), headers })
  }

  /** Sends the form of a page that posts to `path`, with these fields changed. */
  submit(answer: Answer, path: string, fields: Record<string, string>): Promise<Answer> {
    const form = answer.$(`form[method=post][action="${path}"]`)
    if (form.length !== 1) throw new Error(`the page has ${form.length} forms for ${path}`)
    const standing = form.serializeArray().map(({ name, value }) => [name, value])
    return this.post(path, { ...Object.fromEntries(standing), ...fields })
  }

  async send(
    method: string,
    path: string,
    { body, headers }: { body?: BodyInit | undefined; headers?: Record<string, string> | undefined } = {},
  ): Promise<Answer> {
    const cookie = this.cookies
    const response = await fetch(this.address + path, {
      method,
      redirect: 'manual',
      headers: { ...this.headers, ...(cookie && { cookie }), ...headers },
      ...(body !== undefined && { body }),
    })
    for (const set of response.headers.getSetCookie()) this.#jar.setCookieSync(set, this.address)
    const html = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      location: response.headers.get('location'),
      servedBy: response.headers.get('x-served-by'),
      html,
      $: load(html),
    }
  }

  /** What goes out as the Cookie header. */
  get cookies(): string {
    return this.#jar.getCookieStringSync(this.address)
  }

  cookie(name: string): string | undefined {
    return this.#jar.getCookiesSync(this.address).find(({ key }) => key === name)?.value
  }

  setCookie(name: string, value: string): void {
    this.#jar.setCookieSync(`${name}=${value}; path=/`, this.address)
  }

  /** The same browser at another address, with the same cookies. */
  at(address: string): Person {
    const other = new Person(address, this.headers)
    for (const { key, value } of this.#jar.getCookiesSync(this.address)) other.setCookie(key, value)
    return other
  }
}

export function unique(): string {
  return randomBytes(6).toString('hex')
}

export function registration(fields: Record<string, string> = {}) {
  return {
    firstName: 'Ana',
    lastName: 'García',
    email: `ana.${unique()}@example.org`,
    password: 'a long enough phrase',
    ...fields,
  }
}

/** A person with an account of their own, signed in, who may do everything. */
export async function administrator(): Promise<Person> {
  const account = registration()
  const person = await signedIn(account)
  await makeAdministrator(account.email)
  return person
}

export async function makeAdministrator(email: string): Promise<void> {
  await databases.users('users').where({ email }).update({ role_id: builtInRoleIds.administrator })
}

/** A person with an account of their own, signed in, who is an editor. */
export async function signedIn(fields: Record<string, string> = {}): Promise<Person> {
  const person = new Person()
  const { status } = await person.post('/register', registration(fields))
  if (status !== 303) throw new Error(`registration answered ${status}`)
  return person
}

export function product(fields: Record<string, string> = {}) {
  return {
    name: 'Cable',
    code: `C-${unique()}`,
    description: 'Two metres',
    units: '5',
    category: 'Cables',
    ...fields,
  }
}

/** The messages beside the fields of a page's form, by field. */
export function problemsOn({ $ }: Answer): Record<string, string> {
  const problems = $('.problem').map((_, each) => {
    const name = ($(each).attr('id') as string).replace(/-problem$/, '')
    return [[name, $(each).text().trim()]]
  })
  return Object.fromEntries(problems.get())
}

/** What a form shows in its fields. */
export function valuesOn({ $ }: Answer, path: string): Record<string, string> {
  const fields = $(`form[action="${path}"]`).serializeArray()
  return Object.fromEntries(fields.map(({ name, value }) => [name, value]))
}
