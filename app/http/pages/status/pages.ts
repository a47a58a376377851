import type { Context } from 'koa'
import type { Locale } from '../../../i18n/locales.js'
import { timelineOf } from '../../../monitoring/timeline.js'
import type { Parts } from '../../../parts.js'
import { signedInUser } from '../../middleware/access.js'
import { sessionIdOf } from '../../middleware/session.js'
import { chartsOf, minutesOf } from './chart.js'
import { createStreams, type Known } from './streams.js'
import { presentCluster } from './view.js'

/** The parts of the page that each event replaces: templates, and the elements with these ids. */
const pieces = ['servers', 'happened'] as const

/** How many seconds of the charts each event repeats, because heartbeats may appear late. */
const recent = 6

export function statusPages({ accounts, cluster, replica, views, log }: Parts) {
  const streams = createStreams({ cluster, liveSessions: accounts.findLiveSessions, compose, log })

  return {
    async showStatus(ctx: Context) {
      const reading = await cluster.read()
      const { locale } = ctx.state
      const shown = presentCluster({ reading, staleFor: 0 }, locale, { servedBy: replica, live: false })
      const timeline = timelineOf(reading)
      await ctx.page('status/index', {
        ...shown,
        charts: chartsOf(timeline, shown.events, locale),
        minutes: minutesOf(timeline, locale),
      })
    },

    async streamStatus(ctx: Context) {
      const viewer = { sessionId: sessionIdOf(ctx) as string, userId: signedInUser(ctx).id, locale: ctx.state.locale }
      const body = await streams.open(viewer)
      ctx.type = 'text/event-stream'
      // Closed with the stream, so that a replica which leaves has no connection that nginx might use again.
      ctx.set({ 'Cache-Control': 'no-store', Connection: 'close' })
      ctx.body = body
    },
  }

  /** An event of the stream: words as HTML, charts as numbers. */
  async function compose(known: Known, locale: Locale, whole: boolean): Promise<string> {
    const shown = presentCluster(known, locale, { servedBy: replica, live: true })
    const rendered = pieces.map(async (piece) => {
      return [piece, await views.render(`status/${piece}`, locale, shown)]
    })
    return JSON.stringify({
      html: Object.fromEntries(await Promise.all(rendered)),
      timeline: timelineOf(known.reading, whole ? undefined : recent),
      marks: shown.events.map(({ kind, at, replica }) => ({ kind, at: at / 1000, replica })),
    })
  }
}
