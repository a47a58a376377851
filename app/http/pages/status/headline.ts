import type { Locale } from '../../../i18n/locales.js'
import type { TextKey, Texts } from '../../../i18n/texts.js'
import type { Condition } from '../../../monitoring/runs.js'
import { durationOf } from './formats.js'

/** A text with an age in it that the page counts on; `template` has {time} in the age's place, `age` is in milliseconds. */
interface Aging {
  text: string
  template?: string
  age?: number
}

/** `announced` has no seconds: a screen reader says it again only when something else is the case. */
interface Sentence extends Aging {
  announced: string
}

interface Server {
  name: string
  condition: Condition
  /** Since its last heartbeat, in milliseconds. */
  age: number
  /** For how long it was away before it came back a moment ago, in milliseconds. */
  away: number | undefined
}

/** How long a replica that left counts as missing, in milliseconds. */
const missedFor = 30_000

/** What is wrong, and then how many are ready. */
export function headlineOf(servers: Server[], t: Texts, locale: Locale) {
  const expected = servers.filter(({ condition, age }) => condition !== 'left' || age < missedFor)
  const ready = expected.filter(({ condition }) => condition === 'ready').length
  const allReady = ready === expected.length
  const count = t(allReady ? 'status.allReady' : 'status.someReady', { count: ready, total: expected.length })
  const sentences = [...expected.flatMap((server) => sentenceOf(server, t, locale)), { text: count, announced: count }]
  return { allReady, sentences, announced: sentences.map(({ announced }) => announced).join(' ') }
}

/** A text of locales/ that says `{{time}}`. */
export function agingText(t: Texts, key: TextKey, values: object, age: number, locale: Locale): Aging {
  const text = t(key, { ...values, time: durationOf(age, locale) })
  return { text, template: t(key, { ...values, time: '{time}' }), age }
}

function sentenceOf({ name, condition, age, away }: Server, t: Texts, locale: Locale): Sentence[] {
  const replica = { replica: name }
  if (condition === 'silent' || condition === 'killed') {
    const aging = agingText(t, `status.headline.${condition}`, replica, age, locale)
    return [{ ...aging, announced: t(`status.announced.${condition}`, replica) }]
  }
  if (condition === 'ready' && away === undefined) return []
  const key = condition === 'ready' ? 'returned' : condition
  const text = t(`status.headline.${key}`, { ...replica, time: durationOf(away ?? 0, locale) })
  return [{ text, announced: text }]
}
