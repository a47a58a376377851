import * as z from 'zod'
import { type FieldProblems, Invalid } from '../errors.js'
import type { TextKey } from '../i18n/texts.js'

/**
 * Parses values by a schema whose messages are keys of locales/ below "problem".
 * @throws {Invalid} with the first problem of each field; unknown fields are dropped
 */
export function parse<T extends z.ZodObject>(schema: T, values: unknown): z.infer<T> {
  const parsed = schema.safeParse(values ?? {})
  if (parsed.success) return parsed.data
  const fields: FieldProblems = {}
  for (const issue of parsed.error.issues) {
    const name = String(issue.path[0])
    fields[name] ??= { message: issue.message as TextKey, values: shownValues(issue) }
  }
  throw new Invalid(fields)
}

/** How often longer than allowed a text may come and still be worth trimming: people paste with blank lines around. */
const slack = 4

/**
 * Text that came once, of a length that is safe to transform. Characters are counted as people and MySQL do, in code
 * points; a text has at most twice as many UTF-16 units.
 */
export function boundedText(longest: number) {
  return z
    .string({ error: ({ input }) => (input === undefined ? 'problem.missing' : 'problem.repeated') })
    .refine((value) => value.length <= longest * 2 * slack, { error: 'problem.long', params: { longest }, abort: true })
    .meta({ maxLength: longest }) // for the API's document
}

/** One line of text, 1 to `longest` characters after trimming. */
export function line(longest: number) {
  return text(longest).refine((value) => !lineBreaks.test(value), { error: 'problem.control', abort: true })
}

/** Text of one or more lines, 1 to `longest` characters after trimming; a line break counts as one. */
export function text(longest: number) {
  return optionalText(longest).refine((value) => visible.test(value), { error: 'problem.missing', abort: true })
}

/** The same, or nothing. */
export function optionalText(longest: number) {
  return boundedText(longest)
    .transform((value) => value.replaceAll('\r\n', '\n').trim())
    .refine((value) => !controlCharacters.test(value), { error: 'problem.control', abort: true })
    .refine((value) => [...value].length <= longest, { error: 'problem.long', params: { longest }, abort: true })
}

/** A whole number in a range, ends included. */
export function whole(least: number, most: number) {
  const range = { error: 'problem.range', params: { least, most }, abort: true }
  return z
    .number({ error: ({ input }) => (input === undefined ? 'problem.missing' : 'problem.number') })
    .refine(Number.isInteger, { error: 'problem.number', abort: true })
    .refine((value) => value >= least && value <= most, range)
    .meta({ type: 'integer', minimum: least, maximum: most })
}

/** The number of a row in an address, or undefined where it is none. */
export function parseId(text: unknown): number | undefined {
  return typeof text === 'string' && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined
}

/** A number in a query, from 0; what is none counts as not asked. */
export const askedNumber = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)
  .optional()
  .catch(undefined)

/** What marks and characters without a shape are nothing beside. */
const visible = /[^\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}]/u
const lineBreaks = /[\n\t\r\u2028\u2029]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be found
const controlCharacters = /[\u0000-\u0008\u000b-\u001f\u007f]/

function shownValues(issue: z.core.$ZodIssue): Record<string, string | number> {
  return issue.code === 'custom' ? ((issue.params ?? {}) as Record<string, string | number>) : {}
}
