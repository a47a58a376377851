import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** Where a connection is cut: on the way of a packet, which is lost, or once it was sent on. */
export interface Cut {
  packet: string
  when: 'before' | 'after'
  how: 'reset' | 'silence'
}

/** Told the name of each packet, before it is sent on; gives the cut that is to be made there. */
export type At = (packet: string) => Cut | undefined

type Direction = '→' | '←'

/** One connection from a replica through to the server, taken apart into the packets of MySQL's protocol. */
export class Link {
  readonly upstream: Socket
  /** By which the server knows the connection. */
  port = 0
  ofHeartbeats = false
  /** Nothing goes through any more, and neither side is told. */
  silent = false
  #isCut = false
  #statement = 'connect'
  /** The statements that were prepared, by the server's number; and the one that it has not numbered yet. */
  readonly #prepared = new Map<number, string>()
  #preparing: string | undefined
  readonly #count = { '→': 0, '←': 0 }

  constructor(
    readonly client: Socket,
    target: { host: string; port: number },
    readonly at: At,
  ) {
    this.upstream = connect({ ...target, allowHalfOpen: true })
    this.upstream.once('connect', () => {
      this.port = this.upstream.localPort as number
    })
    this.#carry('→', client, this.upstream)
    this.#carry('←', this.upstream, client)
  }

  /** Ends the connection, and waits until the client has closed its side, too. */
  async end(): Promise<void> {
    this.upstream.destroy()
    if (this.client.destroyed) return
    const closed = once(this.client, 'close')
    this.client.end()
    await closed
  }

  destroy(): void {
    this.client.destroy()
    this.upstream.destroy()
  }

  #carry(direction: Direction, from: Socket, to: Socket) {
    const split = splitter((packet) => this.#forward(direction, packet, to))
    from.on('data', split)
    from.on('error', () => {})
    from.on('end', () => {
      if (!this.silent) to.end()
    })
  }

  #forward(direction: Direction, packet: Buffer, to: Socket) {
    if (this.#isCut) return
    const name = this.#nameOf(direction, packet)
    const cut = this.ofHeartbeats ? undefined : this.at(name)
    if (cut?.when !== 'before') to.write(packet)
    if (cut) this.#cut(cut.how)
  }

  #cut(how: Cut['how']) {
    this.#isCut = true
    if (how === 'silence') this.silent = true
    else for (const socket of [this.client, this.upstream]) socket.resetAndDestroy()
  }

  /** The statement, the direction, and which of its packets it is: "COMMIT ← 1". */
  #nameOf(direction: Direction, packet: Buffer): string {
    const startsCommand = direction === '→' && packet[3] === 0
    if (startsCommand) this.#begin(packet)
    else if (direction === '←' && this.#preparing !== undefined) this.#number(packet)
    return `${this.#statement} ${direction} ${++this.#count[direction]}`
  }

  #begin(command: Buffer) {
    const [kind, sql] = [command[4], command.toString('latin1', 5)]
    if (kind === commands.execute) {
      this.#statement = this.#prepared.get(command.readUInt32LE(5)) ?? 'execute'
    } else {
      this.#statement = statementOf(sql)
      if (kind === commands.prepare) {
        this.#preparing = this.#statement
        this.#statement = `prepare ${this.#statement}`
      }
    }
    this.#count['→'] = this.#count['←'] = 0
    if (this.#preparing === 'INSERT INTO heartbeats') this.ofHeartbeats = true
  }

  /** The first packet of the answer to PREPARE has the statement's number. */
  #number(answer: Buffer) {
    if (answer[4] === 0) this.#prepared.set(answer.readUInt32LE(5), this.#preparing as string)
    this.#preparing = undefined
  }
}

/** Those of the protocol's commands that carry a statement or its number. */
const commands = { prepare: 0x16, execute: 0x17 }

/** The words of a statement by which it is known among those of a write. */
function statementOf(sql: string): string {
  if (sql.endsWith('; COMMIT')) return 'COMMIT'
  const words = sql
    .replace(/^BEGIN; /, '')
    .replace(/^SELECT .*? FROM/s, 'SELECT FROM')
    .split(/[\s;(]+/, 3)
  return words.join(' ').trim()
}

/** Gives each packet as soon as it is whole: three bytes of length, one that counts, and so many more. */
function splitter(packet: (packet: Buffer) => void): (data: Buffer) => void {
  let rest = Buffer.alloc(0)
  return (data) => {
    rest = Buffer.concat([rest, data])
    for (;;) {
      const length = rest.length < 4 ? Number.POSITIVE_INFINITY : 4 + rest.readUIntLE(0, 3)
      if (rest.length < length) return
      packet(rest.subarray(0, length))
      rest = rest.subarray(length)
    }
  }
}
