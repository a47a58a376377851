import { once } from 'node:events'
import { load } from 'cheerio'
import type { Person } from './person.js'

/** What the live page is told in one event; `$` gives the cards of the servers. */
export interface Told {
  servedBy: string
  $: ReturnType<typeof load>
  timeline: { from: number; replicas: Record<string, { requests: (number | null)[]; p95: (number | null)[] }> }
  marks: { kind: string; at: number; replica: string }[]
}

/** An open stream of server-sent events. */
interface EventStream {
  status: number
  headers: Headers
  servedBy: string
  /** Each event until the stream ends in good order; throws when it breaks off. */
  events(): AsyncGenerator<{ name: string; data: string }>
  close(): void
}

/** Opens the stream of the cluster's page once, as a browser does. */
export async function openStream(person: Person): Promise<EventStream> {
  const abort = new AbortController()
  const open = () =>
    fetch(`${person.address}/status/events`, {
      redirect: 'manual',
      headers: { ...person.headers, cookie: person.cookies },
      signal: abort.signal,
    })
  // nginx may just have closed the connection that would be used again.
  const response = await open().catch(open)
  return {
    status: response.status,
    headers: response.headers,
    servedBy: response.headers.get('x-served-by') as string,
    close: () => abort.abort(),
    async *events() {
      let text = ''
      for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        text += piece
        const blocks = text.split('\n\n')
        text = blocks.pop() as string
        for (const block of blocks) {
          const name = /^event: (.*)$/m.exec(block)?.[1]
          if (name) yield { name, data: /^data: (.*)$/m.exec(block)?.[1] ?? '' }
        }
      }
    },
  }
}

/** What a browser sees that opens the stream again each time it breaks or ends, as EventSource does. */
export async function* watch(person: Person): AsyncGenerator<Told> {
  for (;;) {
    const stream = await openStream(person)
    try {
      for await (const { name, data } of stream.events()) {
        if (name !== 'cluster') continue
        const { html, timeline, marks } = JSON.parse(data)
        yield { servedBy: stream.servedBy, $: load(html.servers), timeline, marks }
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error // what fetch throws when a connection breaks
    } finally {
      stream.close()
    }
  }
}

/** The first event for which a check holds. @throws {Error} saying what did not come, after so many seconds */
export async function firstTold(
  what: string,
  seconds: number,
  events: AsyncGenerator<Told>,
  check: (told: Told) => boolean,
) {
  const late = AbortSignal.timeout(seconds * 1000)
  const never = once(late, 'abort').then(() => undefined)
  for (;;) {
    const told = await Promise.race([events.next(), never])
    if (!told) throw new Error(`${what} after ${seconds} s`)
    if (check(told.value)) return told.value as Told
  }
}
