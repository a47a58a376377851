/** Whoever can send a request, once told so. `due` is the moment from which its latency counts. */
export interface Sender {
  send(due: number): void
}

/**
 * Decides when requests are sent, on the clock of performance.now(), in milliseconds. Without a rate, a connection
 * sends as soon as it is free. With one, a request is due every 1/rate s whatever became of those before it; where no
 * connection is free it waits, and its latency counts from when it was due, so that a stall of the system is seen by all
 * the requests that it would have held up (coordinated omission).
 *
 * Why not autocannon's overallRate: 9.0.0 sends each second's share in one burst at the second's beginning, forgets what a
 * slow second did not get to send, and corrects by an interval of 1 ms whatever the rate (lib/run.js, "Math.ceil(1 / rate)").
 */
export class Arrivals {
  readonly #start: number
  readonly #end: number
  readonly #rate: number | undefined
  readonly #free = new Set<Sender>()
  #sent = 0
  #timer: NodeJS.Timeout | undefined
  #lag = 0
  #stopped = false

  /**
   * @param seconds for how long requests are due
   * @param rate requests a second; undefined for as fast as possible
   */
  constructor(start: number, seconds: number, rate: number | undefined) {
    this.#start = start
    this.#end = start + seconds * 1000
    this.#rate = rate && Math.round(rate * seconds) / seconds
  }

  /** This sender can take a request, and goes on being able to until it is told to send or leaves. */
  join(sender: Sender): void {
    this.#free.add(sender)
    this.#assign()
  }

  leave(sender: Sender): void {
    this.#free.delete(sender)
  }

  /** How many requests are due and were not sent, because no connection was free. */
  get waiting(): number {
    if (!this.#rate) return 0
    const passed = Math.min(performance.now(), this.#end) - this.#start
    // A request is due at the very beginning, none at the very end.
    return Math.ceil((passed / 1000) * this.#rate - 1e-6) - this.#sent
  }

  /** How late a request was sent at most although a connection was free, in milliseconds: the generator's own fault. */
  get lag(): number {
    return this.#lag
  }

  /** Nothing more is sent, whoever joins. Gives the moments for which requests were due that are never sent. */
  stop(): number[] {
    clearTimeout(this.#timer)
    this.#stopped = true
    const first = this.#sent
    return Array.from({ length: this.waiting }, (_, index) => this.#dueOf(first + index))
  }

  #assign() {
    clearTimeout(this.#timer)
    if (this.#stopped) return
    for (const sender of this.#free) {
      const due = this.#dueOf(this.#sent)
      if (due >= this.#end - 1e-3) return
      if (due > performance.now()) return this.#waitFor(due)
      this.#free.delete(sender)
      this.#sent++
      sender.send(due)
    }
  }

  #dueOf(index: number): number {
    return this.#rate ? this.#start + (index * 1000) / this.#rate : performance.now()
  }

  #waitFor(due: number) {
    this.#timer = setTimeout(
      () => {
        this.#lag = Math.max(this.#lag, performance.now() - due)
        this.#assign()
      },
      Math.max(1, due - performance.now()),
    )
  }
}
