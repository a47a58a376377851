import type { Locale } from '../../../i18n/locales.js'
import { type Texts, textsOf } from '../../../i18n/texts.js'
import { type ClusterEvent, eventsOf } from '../../../monitoring/events.js'
import type { Reading } from '../../../monitoring/reader.js'
import { type Condition, conditionOf, type Run, runsOf } from '../../../monitoring/runs.js'
import type { Heartbeat } from '../../../monitoring/store.js'
import { rateOf } from '../../../monitoring/timeline.js'

/** How many colours the style sheet has for replicas. */
export const tones = 8

/** How many of the latest events are listed, and how many of its own on a replica's card. */
const mostListed = 12
const mostOnCard = 2

/** How long a replica that left counts as missing, and how long a card shows that it was dead, in milliseconds. */
const missed = 30_000
const fresh = 10_000

/** The cluster in a person's language, ready to be printed. */
export function presentCluster(
  reading: Reading,
  locale: Locale,
  { servedBy, live, stale }: { servedBy: string; live: boolean; stale: boolean },
) {
  const t = textsOf(locale)
  const newest = reading.beats.at(-1)?.at ?? reading.now
  const marks = eventsOf(reading).map((mark) => ({ ...mark, words: wordsOf(mark, t, locale), time: timeOf(mark.at) }))
  const runs = [...runsOf(reading.beats).values()]
  const servers = runs.map((ofOne, index) => {
    const run = ofOne.at(-1) as Run
    const condition = conditionOf(run, newest)
    const own = marks.filter(({ kind, replica }) => replica === run.replica && kind !== 'started')
    return {
      name: run.replica,
      tone: index % tones,
      condition,
      about: aboutOf(run.last, reading.now, t),
      silent: silent.has(condition) && t('status.silentFor', { time: durationOf(newest - run.last.at, locale) }),
      rate: speaks.has(condition) ? numberOf(rateOf(run.last), locale) : '–',
      stats: statsOf(ofOne, condition, t, locale),
      latest: own.slice(-mostOnCard),
      shaken: own.some(({ kind, at }) => kind !== 'draining' && newest - at < fresh),
    }
  })
  const expected = servers.filter(({ condition }, index) => {
    return condition !== 'left' || newest - (runs[index]?.at(-1)?.last.at ?? 0) < missed
  })
  const ready = expected.filter(({ condition }) => condition === 'ready').length
  const time = timeOf(reading.now)
  return {
    t,
    servers,
    marks,
    listed: marks.toReversed().slice(0, mostListed),
    unlisted: Math.max(0, marks.length - mostListed),
    allReady: ready === expected.length,
    summary: t(ready === expected.length ? 'status.allReady' : 'status.someReady', { ready, total: expected.length }),
    origin: t(live ? 'status.live' : 'status.read', { replica: servedBy, time }),
    stale: stale && t('status.stale', { time }),
  }
}

/** Those whose last stats are still of now, and those who should say something and do not. */
const speaks = new Set<Condition>(['starting', 'ready', 'draining'])
const silent = new Set<Condition>(['silent', 'killed'])

function aboutOf({ process, uptimeMs, version, at }: Heartbeat, now: number, t: Texts): string[] {
  const id = t(/^\d+$/.test(process) ? 'status.process' : 'status.container', { id: process })
  return [id, t('status.uptime', { time: longDurationOf(uptimeMs + now - at) }), t('status.version', { version })]
}

/** Each figure by the name of its words in locales/. */
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
  const shown = speaks.has(condition) ? now : Object.fromEntries(Object.keys(now).map((name) => [name, '–']))
  return { ...shown, errors: numberOf(errors, locale) }
}

function wordsOf({ kind, replica, away }: ClusterEvent, t: Texts, locale: Locale): string {
  return t(`status.mark.${kind}`, { replica, away: away === undefined ? '' : durationOf(away, locale) })
}

/** Of the day, in UTC, as everywhere in the product. */
export function timeOf(at: number): string {
  return new Date(at).toISOString().slice(11, 19)
}

/** With a decimal where it says something. */
export function numberOf(value: number, locale: Locale): string {
  return (value < 100 ? numbers[locale].fine : numbers[locale].whole).format(value)
}

/** Made once, because making one takes a hundred times as long as using it. */
const numbers = { es: formatsOf('es'), en: formatsOf('en') } satisfies Record<Locale, unknown>

function formatsOf(locale: Locale) {
  return {
    fine: new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }),
    whole: new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }),
  }
}

function durationOf(ms: number, locale: Locale): string {
  return ms < 10_000 ? `${numberOf(ms / 1000, locale)} s` : longDurationOf(ms)
}

/** In the units' signs, which are the same in both languages. */
function longDurationOf(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const parts = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ]
  const first = parts.findIndex((part) => part > 0)
  const signs = ['d', 'h', 'min', 's']
  if (first === -1) return '0 s'
  return parts
    .map((part, index) => `${part} ${signs[index]}`)
    .slice(first, first + 2)
    .join(' ')
}
