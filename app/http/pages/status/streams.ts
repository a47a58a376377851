import { PassThrough } from 'node:stream'
import { NotExecuted } from '../../../errors.js'
import type { Locale } from '../../../i18n/locales.js'
import type { Log } from '../../../log.js'
import type { Cluster } from '../../../monitoring/cluster.js'
import type { Reading } from '../../../monitoring/reader.js'

/** How a reading is shown: with all of its history, as the first of a stream; as the last that there was. */
export interface Moment {
  whole: boolean
  stale: boolean
}

/** A person who looks at the live page; several where they look at it in several windows. */
interface Viewer {
  sessionId: string
  userId: number
  locale: Locale
}

interface Parts {
  cluster: Cluster
  liveSessions: (ids: string[], deadline: AbortSignal) => Promise<Set<string>>
  compose: (reading: Reading, locale: Locale, moment: Moment) => Promise<string>
  log: Log
}

/** How many streams a replica bears, and how many one person may have of them; another replica may have room. */
const most = 200
const mostOfOnePerson = 10

/** In milliseconds: between two events, and until a browser whose stream broke asks again. */
const interval = 1_000
const retry = 500

/** Every so many events it is asked whether the viewers are still signed in. */
const sessionsEvery = 3

/** What a viewer may be behind, in bytes, before the stream is ended; the browser asks again and begins anew. */
const mostBehind = 256 * 1024

/** The streams of server-sent events of this replica. While there are any, there is one reading a second for all. */
export function createStreams({ cluster, liveSessions, compose, log }: Parts) {
  const viewers = new Map<PassThrough, Viewer>()
  let timer: NodeJS.Timeout | undefined
  let ticks = 0
  let busy = false
  let last: Reading | undefined
  cluster.leaving.addEventListener('abort', () => {
    for (const stream of viewers.keys()) stream.end()
  })

  return {
    /** @throws {NotExecuted} when this replica leaves or has no room */
    async open(viewer: Viewer): Promise<PassThrough> {
      last = await cluster.read()
      const first = event('cluster', await compose(last, viewer.locale, { whole: true, stale: false }))
      refuseTooMany(viewer)
      const stream = new PassThrough()
      viewers.set(stream, viewer)
      stream.once('close', () => close(stream))
      stream.write(`retry: ${retry}\n\n${first}`)
      timer ??= setInterval(tick, interval)
      return stream
    },
  }

  function refuseTooMany({ userId }: Viewer) {
    const own = [...viewers.values()].filter((each) => each.userId === userId)
    if (cluster.leaving.aborted) throw new NotExecuted('leaving')
    if (viewers.size >= most || own.length >= mostOfOnePerson) throw new NotExecuted('too many streams')
  }

  function close(stream: PassThrough) {
    viewers.delete(stream)
    if (viewers.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  async function tick() {
    // While the database keeps a reading waiting, nginx and the page must still see that this replica runs.
    if (busy) return tell(() => event('waiting', '1'))
    busy = true
    try {
      await tellCluster()
      if (++ticks % sessionsEvery === 0) await endSignedOut()
    } catch (error) {
      log.debug({ err: error }, 'a moment of the cluster was not told')
    } finally {
      busy = false
    }
  }

  async function tellCluster() {
    const reading = await cluster.read().catch(() => undefined)
    last = reading ?? last
    if (!last) return
    const composed = new Map<Locale, string>()
    for (const { locale } of viewers.values()) {
      if (composed.has(locale)) continue
      composed.set(locale, event('cluster', await compose(last, locale, { whole: false, stale: !reading })))
    }
    tell(({ locale }) => composed.get(locale))
  }

  async function endSignedOut() {
    const ids = [...viewers.values()].map(({ sessionId }) => sessionId)
    const living = await liveSessions(ids, AbortSignal.timeout(interval))
    for (const [stream, { sessionId }] of viewers) {
      if (!living.has(sessionId)) stream.end(event('ended', '1'))
    }
  }

  function tell(words: (viewer: Viewer) => string | undefined) {
    for (const [stream, viewer] of viewers) {
      const text = words(viewer)
      if (stream.writableLength > mostBehind) stream.destroy()
      else if (text && stream.writable) stream.write(text)
    }
  }
}

/** Source: HTML, "Server-sent events"; JSON has no line breaks, which would end the event. */
function event(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`
}
