import { type ParseArgsConfig, parseArgs } from 'node:util'
import * as z from 'zod'

/** Thrown for what whoever typed the command can correct. */
export class BadOption extends Error {}

/** Runs a command and ends the process: 0 where it passed, 1 where it did not or could not run, 2 where it is wrong. */
export async function runCommand(usage: string, command: () => Promise<boolean>): Promise<never> {
  if (process.argv.includes('--help')) {
    console.log(usage)
    process.exit(0)
  }
  try {
    process.exit((await command()) ? 0 : 1)
  } catch (error) {
    const { message } = error as Error
    if (!(error instanceof BadOption)) console.error(`\n${message}`)
    else console.error(`\n${message}\n\n${usage}`)
    process.exit(error instanceof BadOption ? 2 : 1)
  }
}

/** @throws {BadOption} saying what is wrong with which option */
export function parseOptions<T extends z.ZodObject>(schema: T, kinds: ParseArgsConfig['options'] = {}): z.infer<T> {
  const parsed = schema.safeParse(readArguments(Object.keys(schema.shape), kinds))
  if (parsed.success) return parsed.data
  throw new BadOption(parsed.error.issues.map(({ path, message }) => `--${path[0] as string} ${message}`).join('\n'))
}

/** @param kinds the options that are not one text */
function readArguments(names: string[], kinds: ParseArgsConfig['options']) {
  const texts = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
  try {
    return parseArgs({ options: { ...texts, ...kinds } }).values
  } catch (error) {
    throw new BadOption((error as Error).message.split('. To specify')[0])
  }
}

/** Plain digits only, because Number() also reads "" and "1e3". */
export function wholeNumber(least: number, most: number) {
  const error = `must be a whole number from ${least} to ${most}`
  return z
    .string()
    .regex(/^\d{1,9}$/, { error, abort: true })
    .transform(Number)
    .refine((number) => number >= least && number <= most, { error })
}
