import type { Locale } from './locales.js'

/** How a language writes numbers and moments. */
interface Formats {
  number(value: number): string
  /** With its sign. */
  signed(value: number): string
  /** In UTC, and saying so; where scripts run, the page shows it in the visitor's own zone. */
  date(value: Date): string
  /** Several names, each once. */
  names(values: string[]): string
}

export function formatsOf(locale: Locale): Formats {
  return formats[locale]
}

/** Made once, because making a format costs as much as a page. English dates are in the order that cannot be misread. */
const formats = { es: createFormats('es', 'es'), en: createFormats('en', 'en-GB') }

function createFormats(numbers: string, dates: string): Formats {
  const number = new Intl.NumberFormat(numbers)
  const signed = new Intl.NumberFormat(numbers, { signDisplay: 'exceptZero' })
  const date = new Intl.DateTimeFormat(dates, { dateStyle: 'long', timeStyle: 'short', timeZone: 'UTC' })
  const list = new Intl.ListFormat(numbers)
  return {
    number: (value) => number.format(value),
    signed: (value) => signed.format(value).replace('-', '\u2212'),
    date: (value) => `${date.format(value)} UTC`,
    names: (values) => list.format(new Set(values)),
  }
}
