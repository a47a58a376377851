import { Agent, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { cutOff, type Outcome, timedOut, unanswered } from '../stats/outcome.js'
import type { Browser } from './browser.js'
import type { Step } from './step.js'

interface ClientOptions {
  /** How long a request may take, in milliseconds. */
  timeout: number
  /** Whether connections are kept between requests; true by default. */
  keepAlive?: boolean | undefined
  record(outcome: Outcome): unknown
}

export interface Answer {
  /** Undefined where no whole answer came. */
  status: number | undefined
  headers: IncomingHttpHeaders
  /** Why the step has failed, or undefined. */
  error: string | undefined
  text(): string
}

/**
 * Sends each request once, never again, and records what became of it. autocannon and fetch would not do: the first takes
 * a body that was cut off for an answer, the second may send again.
 */
export class Client {
  readonly #agent: Agent

  constructor(
    readonly baseUrl: string,
    readonly options: ClientOptions,
  ) {
    this.#agent = new Agent({ keepAlive: options.keepAlive ?? true })
  }

  /** Never rejects. @param due when it should have been sent, by performance.now(): its latency counts from then */
  async send(step: Step, browser: Browser, due = performance.now()): Promise<Answer> {
    const answer = await this.#exchange(step, browser)
    const ended = performance.now()
    const { status, headers } = answer
    browser.keepCookies(headers['set-cookie'])
    const error = answer.error ?? mismatch(step, answer)
    const replica = headers['x-served-by'] as string | undefined
    this.options.record({ step: step.name, write: step.method === 'POST', due, ended, replica, error })
    return { ...answer, status, error }
  }

  close(): void {
    this.#agent.destroy()
  }

  #exchange(step: Step, browser: Browser): Promise<Answer> {
    return new Promise((resolve) => {
      const fail = (error: string) => resolve({ status: undefined, headers: {}, error, text: () => '' })
      const { path, body, ...options } = browser.requestOf(step)
      const sent = request(this.baseUrl + path, { ...options, agent: this.#agent, timeout: this.options.timeout })
      sent.on('timeout', () => sent.destroy(new Error(timedOut)))
      sent.on('error', (error) => fail(reasonOf(error)))
      sent.on('response', (response) => {
        buffer(response).then(
          (content) => resolve(answerOf(response, content)),
          ({ message }: Error) => fail(message === timedOut ? timedOut : cutOff),
        )
      })
      sent.end(body)
    })
  }
}

function answerOf({ statusCode: status, headers }: IncomingMessage, content: Buffer): Answer {
  const gzipped = headers['content-encoding'] === 'gzip'
  return { status, headers, error: undefined, text: () => (gzipped ? gunzipSync(content) : content).toString() }
}

function reasonOf({ message, code }: NodeJS.ErrnoException): string {
  if (message === timedOut) return timedOut
  return message === 'socket hang up' ? unanswered : `connection error ${code ?? message}`
}

function mismatch({ expect, contains }: Step, { status, text }: Answer): string | undefined {
  if (status !== expect) return `status ${status} instead of ${expect}`
  return contains === undefined || text().includes(contains) ? undefined : `a page without ${contains}`
}
