import type { Locale } from '../../../i18n/locales.js'
import { type Texts, textsOf } from '../../../i18n/texts.js'
import { type ClusterEvent, eventsOf } from '../../../monitoring/events.js'
import { type Condition, conditionOf, type Run, runsOf } from '../../../monitoring/runs.js'
import type { Heartbeat } from '../../../monitoring/store.js'
import { rateOf } from '../../../monitoring/timeline.js'
import { durationOf, longDurationOf, numberOf, timeOf } from './formats.js'
import { agingText, headlineOf } from './headline.js'
import type { Known } from './streams.js'

/** How many colours and dashes the style sheet has for replicas. */
export const tones = 8

/** How many of the latest events are listed, and how many of its own on a replica's card. */
const mostListed = 12
const mostOnCard = 2

/** How long the page speaks of what happened to a replica, in milliseconds. */
const recently = 10_000

/** An event in words; `time` for a `<time>`. */
export type ShownEvent = ReturnType<typeof presentEvent>

/** The cluster in a person's language, ready to be printed. */
export function presentCluster(
  { reading, staleFor }: Known,
  locale: Locale,
  { servedBy, live }: { servedBy: string; live: boolean },
) {
  const t = textsOf(locale)
  const events = eventsOf(reading).map((event) => presentEvent(event, t, locale))
  const servers = [...runsOf(reading.beats).values()].map((runs, index) => {
    const { replica } = runs[0] as Run
    const own = events.filter((event) => event.replica === replica && event.kind !== 'started')
    return { tone: index % tones, ...presentServer(runs, own, { reading, staleFor }, t, locale) }
  })
  return {
    t,
    servers,
    events,
    listed: events.toReversed().slice(0, mostListed),
    unlisted: Math.max(0, events.length - mostListed),
    headline: staleFor > 0 ? staleHeadline(t) : headlineOf(servers, t, locale),
    origin: t(staleFor > 0 ? 'status.lastKnown' : live ? 'status.live' : 'servedBy', { replica: servedBy }),
    stale: staleFor > 0,
    time: timeOf(reading.now),
    reload: !live,
  }
}

function presentServer(runs: Run[], own: ShownEvent[], { reading, staleFor }: Known, t: Texts, locale: Locale) {
  const run = runs.at(-1) as Run
  const { replica: name, last } = run
  const condition = conditionOf(run, reading)
  const age = Math.max(0, reading.now - last.at) + staleFor
  const recent = own.filter(({ kind, at }) => kind !== 'draining' && reading.now - at < recently)
  return {
    name,
    condition,
    age,
    away: recent.findLast(({ kind }) => kind === 'returned')?.away,
    about: aboutOf(last, reading.now, t),
    beat: agingText(t, 'status.beat', {}, age, locale),
    ...rateIn(reporting.has(condition) ? rateOf(last) : undefined, t, locale),
    stats: statsOf(runs, condition, t, locale),
    latest: own.slice(-mostOnCard),
    shaken: recent.length > 0,
  }
}

/** The number stands apart from its unit: it is shown large. */
function rateIn(rate: number | undefined, t: Texts, locale: Locale) {
  return { rate: rate === undefined ? '–' : numberOf(rate, locale), rateUnit: t('status.rate', { count: rate ?? 0 }) }
}

/** Those whose last stats are still of now. */
const reporting = new Set<Condition>(['starting', 'ready', 'draining'])

function staleHeadline(t: Texts) {
  const text = t('status.stale')
  return { allReady: false, sentences: [{ text, announced: text }], announced: text }
}

function presentEvent(event: ClusterEvent, t: Texts, locale: Locale) {
  const { kind, replica, away } = event
  const words = t(`status.event.${kind}`, { replica, away: away === undefined ? '' : durationOf(away, locale) })
  return { ...event, words, time: timeOf(event.at) }
}

function aboutOf({ process, uptimeMs, version, at }: Heartbeat, now: number, t: Texts): string[] {
  const id = t(/^\d+$/.test(process) ? 'status.process' : 'status.container', { id: process })
  return [id, t('status.uptime', { time: longDurationOf(uptimeMs + now - at) }), t('status.version', { version })]
}

/** Each by the name of its words in locales/. */
function statsOf(runs: Run[], condition: Condition, t: Texts, locale: Locale): Record<string, string> {
  const { last } = runs.at(-1) as Run
  const errors = runs.flatMap(({ beats }) => beats).reduce((sum, beat) => sum + beat.errors, 0)
  const ms = (value: number | null) => (value === null ? '–' : `${numberOf(value, locale)} ms`)
  const now = {
    p50: ms(last.p50Ms),
    p95: ms(last.p95Ms),
    p99: ms(last.p99Ms),
    inFlight: numberOf(last.inFlight, locale),
    lag: ms(last.lagMs),
    memory: `${numberOf(Math.round(last.memoryBytes / 2 ** 20), locale)} MB`,
    pool: t('status.of', { used: last.poolUsed, size: last.poolSize }),
  }
  const shown = reporting.has(condition) ? now : Object.fromEntries(Object.keys(now).map((name) => [name, '–']))
  return { ...shown, errors: numberOf(errors, locale) }
}
