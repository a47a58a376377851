import type { FieldProblem } from '../../errors.js'

/** What is wrong with all of a file: which text says so, and the values that the text shows. */
export class FileProblem extends Error {
  readonly problem: FieldProblem

  constructor(message: FieldProblem['message'], values: Record<string, string | number> = {}) {
    super(`a file cannot be imported: ${message}`)
    this.problem = { message, values }
  }
}

/** Thrown when products were changed since a file was compared with them, or since it was applied. */
export class InTheWay extends Error {}
