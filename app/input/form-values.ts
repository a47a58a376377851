/** The fields of a form as they came: text, or lists and objects where a name came twice or with brackets. */
export type Fields = Record<string, unknown>

/**
 * A whole number as people write it, with or without separators of thousands: 1000, 1,000, 1.000, 1 000. What is empty
 * is no number yet, and what is none stays text; the schema says so.
 */
export function wholeNumber(typed: unknown): unknown {
  if (typeof typed !== 'string' || typed.length > longestNumber) return typed
  const text = typed.trim()
  if (text === '') return undefined
  return digits.test(text) || grouped.test(text) ? Number(text.replace(separators, '')) : text
}

const longestNumber = 40
const digits = /^\d+$/
/** One kind of separator throughout: 1,000.000 is something else. */
const grouped = /^\d{1,3}([.,'’ \u00a0\u202f])\d{3}(\1\d{3})*$/
const separators = /\D/g

/** What a field holds that may stay empty: nothing where there is only white space. */
export function filled(typed: unknown): unknown {
  return typeof typed === 'string' && typed.trim() === '' ? undefined : typed
}
