import autocannon, { type Client, type Request } from 'autocannon'
import type { Step } from '../client/step.js'
import { type Outcome, timedOut, unanswered } from '../stats/outcome.js'
import type { Load } from './at-rate.js'
import type { Visitor } from './visitor.js'

/** What nginx answers by itself; autocannon always sends something, also when nothing is left to measure. */
const idle: Request = { method: 'GET', path: '/favicon.ico' }

/**
 * Lets autocannon send as fast as the visitors get answers, each on a connection. What was sent in time is waited for
 * after the end, so that a stall in the last seconds is measured and not cut off.
 */
export function loadAtFullSpeed(load: Load, visitors: Visitor[]): Promise<void> {
  const { baseUrl, start, duration, timeout, record } = load
  const end = start + duration * 1000
  return new Promise((resolve, reject) => {
    let busy = visitors.length
    const ended = () => --busy === 0 && cannon.stop()
    const lanes = visitors.map((visitor) => new Lane(visitor, end, timeout * 1000, record, ended)).values()
    const options = {
      url: baseUrl,
      connections: visitors.length,
      timeout,
      duration: duration + timeout + 1,
      // How often it looks whether it was stopped, in milliseconds.
      sampleInt: 100,
      setupClient: (client: Client) => client.setRequests([(lanes.next().value as Lane).requests]),
    }
    const cannon = autocannon(options, (error) => (error ? reject(error) : resolve()))
  })
}

/** A visitor on one of autocannon's connections, which asks for a request and reports its answer. */
class Lane {
  #pending: { step: Step; due: number } | undefined
  /** The server closes this connection, so it will not see what autocannon sends on it next. */
  #closing = false
  #ended = false

  constructor(
    readonly visitor: Visitor,
    readonly end: number,
    readonly timeout: number,
    readonly record: (outcome: Outcome) => unknown,
    readonly onEnd: () => void,
  ) {}

  readonly requests: Request = {
    setupRequest: (defaults) => ({ ...defaults, ...this.#next() }),
    onResponse: (status, _body, _context, headers) => this.#answered(status, headers),
  }

  /** autocannon also comes here after a timeout or a broken connection, with no answer to the last request. */
  #next(): Request {
    if (this.#pending && !this.#closing) this.#finish(this.#waited() ? timedOut : unanswered)
    const now = performance.now()
    if (!this.#pending && now >= this.end) return this.#idle()
    this.#closing &&= this.#pending === undefined
    this.#pending ??= { step: this.visitor.nextStep(), due: now }
    return this.visitor.browser.requestOf(this.#pending.step)
  }

  #idle(): Request {
    if (!this.#ended) this.onEnd()
    this.#ended = true
    return idle
  }

  /** Whether the last request had its time; a timer may fire a little early. */
  #waited(): boolean {
    return performance.now() - (this.#pending?.due ?? 0) >= this.timeout - 100
  }

  #answered(status: number, given: Request['headers']) {
    if (!this.#pending) return
    const headers = headersOf(given)
    this.#closing = headers.get('connection')?.[0] === 'close'
    this.visitor.browser.keepCookies(headers.get('set-cookie'))
    const { expect } = this.#pending.step
    this.#finish(status === expect ? undefined : `status ${status} instead of ${expect}`, headers)
  }

  #finish(error: string | undefined, headers = new Map<string, string[]>()) {
    const { step, due } = this.#pending as { step: Step; due: number }
    this.#pending = undefined
    const [replica, location] = ['x-served-by', 'location'].map((name) => headers.get(name)?.[0])
    this.record({ step: step.name, write: step.method === 'POST', due, ended: performance.now(), replica, error })
    this.visitor.arrived(error, location)
  }
}

/** autocannon gives the names as the server spells them, and a list where a name came more than once. */
function headersOf(headers: Request['headers'] = {}): Map<string, string[]> {
  return new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value ?? []].flat()]))
}
