import { Command } from '@commander-js/extra-typings'

/** A command that ends the process with 2 where it is typed wrong. */
export function createCommand(name: string): Command {
  return new Command(`npm run ${name} --`).exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
}
