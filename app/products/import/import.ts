import type { FieldProblem, FieldProblems } from '../../errors.js'
import type { Encoding } from '../csv/encoding.js'
import type { Delimiter } from '../csv/read.js'
import type { Act } from './act.js'
import type { FieldChanges, Imported, Verdict } from './rows.js'

/**
 * Where an import is. It is read and compared with the products, and is then ready; a person has it applied, and may have
 * that undone. A file that cannot be read has failed. What a job does by itself: {@link working}.
 * What is done with many products at once is picked and done without being asked for again, in states of its own; a
 * category that is renamed has one of its own of these, which an older version leaves alone.
 */
export type State = (typeof states)[number]

/** What another version has come to besides is not shown. */
export const states = [
  ...(['reading', 'ready', 'applying', 'applied', 'undoing', 'undone', 'failed'] as const),
  ...(['picking', 'renaming', 'acted', 'unacting', 'unacted'] as const),
] as const

/** What an import comes back to when it cannot be done what was asked for; without one, it has failed. */
export const stateBefore: Partial<Record<State, State>> = { applying: 'ready', undoing: 'applied', unacting: 'acted' }

export const working: readonly State[] = ['reading', 'applying', 'undoing', 'picking', 'renaming', 'unacting']

/** In which what an act is done with is picked, and it is done then. */
export const acting: readonly State[] = ['picking', 'renaming']

/** A file of products or an act on many, and what became of it. */
export interface Import {
  id: number
  /** Empty for an act. */
  fileName: string
  act: Act | null
  /** In bytes. */
  size: number
  createdBy: number
  createdAt: Date
  state: State
  /** Who asked for this state, and when. */
  changedBy: number
  changedAt: Date
  /** How often it was compared with the products. */
  comparison: number
  encoding: Encoding | ''
  delimiter: Delimiter | ''
  header: string[]
  problem: FieldProblem | null
  /** Rows whose products were changed meanwhile, so that the last change was not made. */
  refused: Refused | null
  counts: Record<Verdict, number>
  /** In percent. */
  progress: number
  /** That works on it, or did last. */
  replica: string
  /** A replica that began this and did not end it. */
  takenFrom: string
}

export interface Refused {
  count: number
  /** The first of them. */
  rows: { number: number; code: string; productId: number | null }[]
}

/** A row of a file, as it is shown. */
export interface Row {
  number: number
  verdict: Verdict
  code: string | null
  productId: number | null
  name: string | null
  values: Pick<Imported, 'description' | 'category' | 'units' | 'minimum'>
  wasUnits: number | null
  changes: FieldChanges
  problems: FieldProblems
  cells: string[]
}

/** A file as it was uploaded. */
export interface Upload {
  fileName: string
  /** Its bytes in pieces, each of which goes into a statement. */
  chunks: Buffer[]
  size: number
  /** SHA-256 of its bytes. */
  hash: string
}
