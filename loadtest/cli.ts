import { InvalidArgumentError } from '@commander-js/extra-typings'

/** Ends the process: with 0 where the run passed, with 1 where it did not, or could not run. */
export async function exitWith(run: () => Promise<boolean>): Promise<never> {
  try {
    process.exit((await run()) ? 0 : 1)
  } catch (error) {
    console.error(`\n${(error as Error).message}`)
    process.exit(1)
  }
}

/** Reads an option. Plain digits only, because Number() also reads "" and "1e3". */
export function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    if (/^\d{1,9}$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text)
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
  }
}

/** Reads an option that is the address of a Bodega. */
export function address(text: string): string {
  if (/^https?:/.test(text) && URL.canParse(text)) return new URL(text).origin
  throw new InvalidArgumentError('It must be an address such as http://localhost:8080.')
}
