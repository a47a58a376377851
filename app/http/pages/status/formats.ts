import type { Locale } from '../../../i18n/locales.js'

/** With a decimal where it says something. */
export function numberOf(value: number, locale: Locale): string {
  return (value < 100 ? numbers[locale].fine : numbers[locale].whole).format(value)
}

/** In the units' signs, which are the same in both languages; tenths below 10 s. */
export function durationOf(ms: number, locale: Locale): string {
  return ms < 10_000 ? `${numbers[locale].tenths.format(ms / 1000)} s` : longDurationOf(ms)
}

/** In the two largest units that say something. */
export function longDurationOf(ms: number): string {
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

/** A time for a `<time>`: views/public/times.js shows it in the visitor's own zone, and without scripts it is UTC. */
interface UtcTime {
  iso: string
  utc: string
}

/** @param length how much of hh:mm:ss to show */
export function timeOf(at: number, length: 5 | 8 = 8): UtcTime {
  const iso = new Date(at).toISOString()
  return { iso, utc: `${iso.slice(11, 11 + length)} UTC` }
}

/** Made once, because making one takes a hundred times as long as using it. */
const numbers = { es: createNumbers('es'), en: createNumbers('en') } satisfies Record<Locale, unknown>

function createNumbers(locale: Locale) {
  return {
    tenths: new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    fine: new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }),
    whole: new Intl.NumberFormat(locale, { maximumFractionDigits: 0 }),
  }
}
