import { type Agent, type IncomingHttpHeaders, request } from 'node:http'

/** The fate of one request, which was sent once. Times in milliseconds of the epoch. */
export interface Entry {
  kind: string
  write: boolean
  /** When it should have been sent; its latency counts from here. */
  due: number
  ended: number
  /** Undefined where no whole answer came. */
  status: number | undefined
  servedBy: string | undefined
  /** What went wrong, or undefined. */
  fault: string | undefined
}

export interface Attempt {
  kind: string
  due: number
  method: 'GET' | 'POST'
  path: string
  headers?: Record<string, string>
  fields?: Record<string, string>
  /** The statuses that are an answer; any other is a fault. */
  expected: number[]
  /** What must stand in the answer's body. */
  contains?: string | undefined
}

export interface Answer {
  status: number | undefined
  headers: IncomingHttpHeaders
  body: string
}

/** Longer than the product may take for anything: a hung replica's read timeout, and the database's absence. */
const patience = 35_000

/**
 * Sends requests and writes down what became of each. autocannon would not do: it opens a connection again silently when
 * one is closed under a request, and takes a body that was cut off for an answer.
 */
export class Ledger {
  readonly entries: Entry[] = []

  constructor(
    readonly url: string,
    readonly agent: Agent,
  ) {}

  /** Never fails, and never tries again. */
  async send(attempt: Attempt): Promise<Answer> {
    const answer = await this.#exchange(attempt)
    const { status, headers } = answer
    const fault = answer.error ?? faultOf(attempt, answer)
    this.entries.push({
      kind: attempt.kind,
      write: attempt.method === 'POST',
      due: attempt.due,
      ended: Date.now(),
      status,
      servedBy: headers['x-served-by'] as string | undefined,
      fault,
    })
    return answer
  }

  get failed(): Entry[] {
    return this.entries.filter(({ fault }) => fault !== undefined)
  }

  #exchange({ method, path, headers, fields }: Attempt): Promise<Answer & { error?: string }> {
    return new Promise((resolve) => {
      const nothing = { status: undefined, headers: {}, body: '' }
      const body = fields && new URLSearchParams(fields).toString()
      const sent = request(this.url + path, {
        agent: this.agent,
        method,
        timeout: patience,
        headers: {
          'accept-language': 'en',
          ...headers,
          ...(body !== undefined && {
            'content-type': 'application/x-www-form-urlencoded',
            'content-length': Buffer.byteLength(body),
          }),
        },
      })
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${patience / 1000} s`)))
      sent.on('error', (error) => resolve({ ...nothing, error: error.message }))
      sent.on('response', (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk) => chunks.push(chunk))
        response.on('close', () => {
          if (!response.complete) return resolve({ ...nothing, error: 'the answer was cut off' })
          const { statusCode: status, headers: received } = response
          resolve({ status, headers: received, body: Buffer.concat(chunks).toString() })
        })
      })
      sent.end(body)
    })
  }
}

function faultOf({ expected, contains = '' }: Attempt, { status, body }: Answer): string | undefined {
  if (!expected.includes(status as number)) return `status ${status}, not expected`
  return body.includes(contains) ? undefined : `a page without ${contains}`
}
