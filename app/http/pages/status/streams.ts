import { PassThrough } from 'node:stream'
import { Deadline } from '../../../database/deadline.js'
import { NotExecuted, TooMany } from '../../../errors.js'
import type { Locale } from '../../../i18n/locales.js'
import type { Log } from '../../../log.js'
import type { Cluster } from '../../../monitoring/cluster.js'
import type { Reading } from '../../../monitoring/reader.js'

/** A reading, and for how long the database has given no newer one, in milliseconds; 0 while it does. */
export interface Known {
  reading: Reading
  staleFor: number
}

/** A person who looks at the live page; several where they look at it in several windows. */
interface Viewer {
  sessionId: string
  userId: number
  locale: Locale
}

interface Parts {
  cluster: Cluster
  liveSessions: (ids: string[], deadline: Deadline) => Promise<Set<string>>
  /** An event's data; `whole` with all of the history, as the first of a stream. */
  compose: (known: Known, locale: Locale, whole: boolean) => Promise<string>
  log: Log
}

/** The most streams of a replica, and of one person. */
const most = 200
const mostOfOnePerson = 10

/** In milliseconds: between two events, and until a browser whose stream broke asks again. */
const interval = 500
const retry = 500

/** How long a person with enough streams is asked to wait for another, in seconds. */
const retryAfter = 10

/** Every so many events it is asked whether the viewers are still signed in; how long that may take, in milliseconds. */
const sessionsEvery = 6
const sessionsTimeout = 1_000

/** What a viewer may be behind, in bytes, before the stream is ended; the browser asks again and begins anew. */
const mostBehind = 256 * 1024

/** The streams of server-sent events of this replica. While there are any, all share two readings a second. */
export function createStreams({ cluster, liveSessions, compose, log }: Parts) {
  const viewers = new Map<PassThrough, Viewer>()
  let timer: NodeJS.Timeout | undefined
  let ticks = 0
  let busy = false
  let checking = false
  let last: Reading | undefined
  let lastAt = 0
  cluster.leaving.addEventListener('abort', () => {
    for (const stream of viewers.keys()) stream.end()
  })

  return {
    /** @throws {NotExecuted} when this replica leaves or has no room, {TooMany} when the person has enough streams */
    async open(viewer: Viewer): Promise<PassThrough> {
      refuseTooMany(viewer)
      const first = event('cluster', await compose(await read(), viewer.locale, true))
      refuseTooMany(viewer) // others may have come while the database was asked
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
    if (own.length >= mostOfOnePerson) throw new TooMany('streams of one person', retryAfter)
    if (viewers.size >= most) throw new NotExecuted('too many streams')
  }

  function close(stream: PassThrough) {
    viewers.delete(stream)
    if (viewers.size > 0) return
    clearInterval(timer)
    timer = undefined
  }

  async function tick() {
    // While a reading waits for the database, nginx and the page must still see that this replica is alive.
    if (busy) return send(() => event('waiting', '1'))
    busy = true
    try {
      await sendCluster()
    } catch (error) {
      log.debug({ err: error }, 'an event of the live page was not sent')
    } finally {
      busy = false
    }
    // Apart from the events: a database that hangs must not keep the page from saying so.
    if (++ticks % sessionsEvery === 0 && !checking) await endSignedOut()
  }

  async function sendCluster() {
    const known = await read()
    const composed = new Map<Locale, string>()
    for (const { locale } of viewers.values()) {
      if (composed.has(locale)) continue
      composed.set(locale, event('cluster', await compose(known, locale, false)))
    }
    send(({ locale }) => composed.get(locale))
  }

  /** @throws {DatabaseUnavailable} where there is no last reading to fall back on */
  async function read(): Promise<Known> {
    try {
      last = await cluster.read()
      lastAt = performance.now()
      return { reading: last, staleFor: 0 }
    } catch (error) {
      if (!last) throw error
      return { reading: last, staleFor: performance.now() - lastAt }
    }
  }

  async function endSignedOut() {
    checking = true
    try {
      const asked = [...viewers]
      const ids = asked.map(([, { sessionId }]) => sessionId)
      const living = await Deadline.within(sessionsTimeout, (deadline) => liveSessions(ids, deadline))
      for (const [stream, { sessionId }] of asked) {
        if (!living.has(sessionId) && stream.writable) stream.end(event('ended', '1'))
      }
    } catch (error) {
      log.debug({ err: error }, 'the sessions of the live page were not checked')
    } finally {
      checking = false
    }
  }

  function send(words: (viewer: Viewer) => string | undefined) {
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
