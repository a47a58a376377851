import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { type At, Link } from './link.js'

/**
 * Stands between a replica and one of its databases. The connection of the heartbeats, which are no part of a write,
 * is let past.
 */
export class PacketProxy {
  #links: Link[] = []

  private constructor(readonly server: Server) {}

  /** @param name of the database, with which the names of its packets begin */
  static async open(name: string, target: { host: string; port: number }, at: At): Promise<PacketProxy> {
    const server = createServer({ allowHalfOpen: true })
    const proxy = new PacketProxy(server)
    server.on('connection', (client) => {
      proxy.#links.push(new Link(client, target, (packet) => at(`${name}: ${packet}`)))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return proxy
  }

  get port(): number {
    return (this.server.address() as { port: number }).port
  }

  /** Whether the heartbeats have their connection, so that every new one belongs to a write. */
  get hasHeartbeats(): boolean {
    return this.#links.some(({ ofHeartbeats }) => ofHeartbeats)
  }

  /** The connections since the last {@link reset}. */
  get links(): Link[] {
    return this.#links.filter(({ ofHeartbeats }) => !ofHeartbeats)
  }

  /** Ends these connections and waits until the replica knows, so that the next write begins with new ones. */
  async reset(): Promise<void> {
    const ended = this.links
    await Promise.all(ended.map((link) => link.end()))
    this.#links = this.#links.filter((link) => !ended.includes(link))
  }

  close(): void {
    this.server.close()
    for (const link of this.#links) link.destroy()
  }
}
