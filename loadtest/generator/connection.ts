import type { Client, Request } from 'autocannon'
import type { Step } from '../journeys/journey.js'
import type { Visitor } from '../visitor.js'
import type { Arrivals, Sender } from './arrivals.js'
import type { Recorder } from './recorder.js'
import { timedOut } from './tally.js'

/** What autocannon 9.0.0 keeps to itself: lib/httpClient.js. Its version is pinned; the tests meet each of these. */
interface OpenClient extends Client {
  conn?: unknown
  destroyed: boolean
  parser: { initialize(type: 'RESPONSE'): void }
  _connect(): void
  _destroyConnection(): void
  _doRequest(): void
}

/** How long a connection that failed waits before it is made again, in milliseconds; autocannon would spin. */
const pause = 50

/**
 * One connection of autocannon, and the visitor who uses it. autocannon decides by itself when to send, and where a
 * connection is closed with a request on it, it connects and goes on as if nothing had been asked. Here the arrivals
 * decide when to send, and each request that was sent gets an outcome.
 */
export class Connection implements Sender {
  /** The request that is on its way. */
  #pending: { step: Step; due: number; sent: number } | undefined
  /** The server said that it closes this connection, so nothing more may be sent on it. */
  #closing = false
  #failed = false
  #connecting: NodeJS.Timeout | undefined
  readonly #write: () => void

  /** @param timeout how long autocannon waits for an answer, in milliseconds */
  constructor(
    readonly client: Client,
    readonly visitor: Visitor,
    readonly arrivals: Arrivals,
    readonly recorder: Recorder,
    readonly timeout: number,
  ) {
    const open = client as OpenClient
    this.#write = open._doRequest.bind(open)
    const connect = open._connect.bind(open)
    open._doRequest = () => this.#free(open)
    open._connect = () => this.#connect(open, connect)
    const events: NodeJS.EventEmitter = client
    events.on('connError', ({ code, message }: NodeJS.ErrnoException) => this.#broke(code ?? message))
  }

  get busy(): boolean {
    return this.#pending !== undefined
  }

  send(due: number): void {
    const step = this.visitor.nextStep()
    const onResponse = (status: number, _body: string, _context: object, headers: Request['headers']) => {
      this.#answered(status, headersOf(headers))
    }
    this.client.setRequests([{ ...this.visitor.request(step), onResponse }])
    this.#pending = { step, due, sent: performance.now() }
    this.#write()
  }

  /** autocannon calls this where it would send the next request: after an answer, and after connecting. */
  #free(client: OpenClient) {
    if (this.#closing) {
      this.#closing = false
      client._connect()
    } else {
      this.arrivals.join(this)
    }
  }

  /**
   * Whatever was on the old connection ends here, or autocannon would take the next answer for that request's, and
   * half an answer that came for the beginning of the next.
   */
  #connect(client: OpenClient, connect: () => void) {
    const { sent } = this.#pending ?? {}
    if (sent !== undefined) this.#fail(performance.now() - sent >= this.timeout - 100 ? timedOut : 'never answered')
    this.arrivals.leave(this)
    if (client.conn) client._destroyConnection()
    client.parser.initialize('RESPONSE')
    clearTimeout(this.#connecting)
    this.#connecting = setTimeout(() => client.destroyed || connect(), this.#failed ? pause : 0)
    this.#failed = false
  }

  #broke(code: string) {
    this.#failed = true
    if (this.#pending) this.#fail(`connection error ${code}`)
  }

  #answered(status: number, headers: Map<string, string[]>) {
    if (!this.#pending) return
    const { step, due } = this.#pending
    this.#pending = undefined
    this.#closing = headers.get('connection')?.[0]?.toLowerCase() === 'close'
    const expected = status === step.expect
    this.recorder.record({
      step: step.name,
      due,
      at: performance.now(),
      replica: headers.get('x-served-by')?.[0],
      error: expected ? undefined : `status ${status} instead of ${step.expect}`,
    })
    this.visitor.arrived(headers.get('location')?.[0], headers.get('set-cookie') ?? [])
    if (!expected) this.visitor.giveUp()
  }

  #fail(error: string) {
    if (!this.#pending) return
    const { step, due } = this.#pending
    this.#pending = undefined
    this.recorder.record({ step: step.name, due, at: performance.now(), error })
    this.visitor.giveUp()
  }
}

/** autocannon gives the names as the server spells them, and a list where a name came more than once. */
function headersOf(headers: Request['headers'] = {}): Map<string, string[]> {
  return new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value ?? []].flat()]))
}
