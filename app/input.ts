import * as z from 'zod'
import { type FieldProblems, Invalid } from './errors.js'

/**
 * Parses what came in by a schema whose messages are keys of locales/ below "problem".
 * @throws {Invalid} with the first problem of each field; unknown fields are dropped
 */
export function parseInput<T extends z.ZodObject>(schema: T, input: unknown): z.infer<T> {
  const parsed = schema.safeParse(input ?? {})
  if (parsed.success) return parsed.data
  const fields: FieldProblems = {}
  for (const issue of parsed.error.issues) {
    const name = String(issue.path[0])
    fields[name] ??= { message: issue.message, values: issueValues(issue) }
  }
  throw new Invalid(fields)
}

/** A field of a form: text, sent exactly once. */
export function field() {
  return z.string({ error: ({ input }) => (input === undefined ? 'problem.missing' : 'problem.repeated') })
}

/** One line of text, 1 to `longest` characters after trimming. Characters are Unicode code points, as people and MySQL count. */
export function line(longest: number) {
  return text(longest).refine((value) => !lineBreaks.test(value), { error: 'problem.control', abort: true })
}

/** Text of one or more lines, 1 to `longest` characters after trimming; a line break counts as one. */
export function text(longest: number) {
  return field()
    .transform((value) => value.replaceAll('\r\n', '\n').trim())
    .refine((value) => value !== '', { error: 'problem.missing', abort: true })
    .refine((value) => !controlCharacters.test(value), { error: 'problem.control', abort: true })
    .refine((value) => [...value].length <= longest, { error: 'problem.long', params: { longest }, abort: true })
}

const lineBreaks = /[\n\t\r\u2028\u2029]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be found
const controlCharacters = /[\u0000-\u0008\u000b-\u001f\u007f]/

function issueValues(issue: z.core.$ZodIssue): Record<string, string | number> {
  return issue.code === 'custom' ? ((issue.params ?? {}) as Record<string, string | number>) : {}
}
