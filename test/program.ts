import { registration } from './person.js'
import { databases, stack } from './system.js'

// biome-ignore lint/suspicious/noExplicitAny: what JSON holds, each test says
type Json = any

export interface Reply {
  status: number
  headers: Headers
  text: string
  json: Json
}

/** A program that uses the API. */
export class Program {
  constructor(
    readonly address = stack.url,
    readonly token?: string,
  ) {}

  get(path: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.send('GET', path, undefined, headers)
  }

  post(path: string, body?: object, headers: Record<string, string> = {}): Promise<Reply> {
    return this.send('POST', path, body, headers)
  }

  /** @param body an object, or the text to send as JSON */
  async send(
    method: string,
    path: string,
    body?: object | string,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const response = await fetch(`${this.address}/api/v1${path}`, {
      method,
      headers: {
        'accept-language': 'en',
        ...(this.token && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : undefined }
  }

  /** The same program at another address. */
  at(address: string): Program {
    return new Program(address, this.token)
  }
}

export interface Tokens {
  accessToken: string
  refreshToken: string
}

/** Somebody with an account of their own. @param roleId that they have */
export async function signedUp(
  roleId = 2,
): Promise<{ id: number; account: Account; tokens: Tokens; program: Program }> {
  const account = registration()
  const { status, json: tokens } = await new Program().post('/auth/signup', account)
  if (status !== 201) throw new Error(`signing up answered ${status}`)
  await databases.users('users').where({ email: account.email }).update({ role_id: roleId })
  const { id } = await databases.users('users').where({ email: account.email }).first('id')
  return { id, account, tokens, program: new Program(stack.url, tokens.accessToken) }
}

type Account = ReturnType<typeof registration>
