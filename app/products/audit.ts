import type { Statement } from '../database/connection.js'
import type { User } from '../users/account.js'
import { type AuditEntry, insertAudit, type Origin } from '../writes/audit.js'
import type { Act } from './import/act.js'

/** What the audit says that was done. */
export const actions = [
  'productAdded',
  'productChanged',
  'productArchived',
  'productRestored',
  'productDeleted',
  'moved',
  'movementUndone',
  'categoryAdded',
  'categoryDeleted',
  'importAsked',
  'importApplyAsked',
  'importUndoAsked',
  'importCompareAsked',
  'manyChangesAsked',
] as const

/** What was done with a product, a category, or an import: a file, or an act on many products. */
export type Entry = AuditEntry<(typeof actions)[number], 'product' | 'category' | 'import'>

/** The statement that adds to the audit, for the transaction of the write that it tells of. */
export function record(origin: Origin, replica: string, entry: Entry): Statement {
  return insertAudit(origin, replica, entry)
}

/** What somebody did with a product. */
export function ofProduct(
  action: Entry['action'],
  { id, email }: User,
  product: { id: number | undefined; name: string },
  changes?: Entry['changes'],
): Entry {
  return { action, actor: { id, email }, subject: { kind: 'product', id: product.id, name: product.name }, changes }
}

/** What somebody did with a category itself. */
export function ofCategory(action: Entry['action'], { id, email }: User, name: string): Entry {
  return { action, actor: { id, email }, subject: { kind: 'category', id: undefined, name } }
}

/** What somebody asked for with an import; a job does it then, and each product's history says so. */
export function ofImport(
  action: Entry['action'],
  user: User,
  id: number,
  fileName: string,
  changes?: Entry['changes'],
): Entry {
  const actor = { id: user.id, email: user.email }
  return { action, actor, subject: { kind: 'import', id, name: fileName }, changes }
}

/** What something has from its beginning, or had until its end, as changes. */
export function all(fields: object, which: 'from' | 'to'): NonNullable<Entry['changes']> {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '')
  return Object.fromEntries(given.map(([name, value]) => [name, { from: null, to: null, [which]: value }]))
}

/** What is to be done with many products: what of them, and to what. */
export function ofAct(act: Act): NonNullable<Entry['changes']> {
  if (act.kind === 'rename') return { category: { from: act.from, to: act.category } }
  const which = 'ids' in act ? act.ids.length : null
  const to = act.kind === 'category' ? act.category : act.kind === 'archive' ? 1 : 0
  return {
    [act.kind === 'category' ? 'category' : 'archived']: { from: null, to },
    products: { from: null, to: which },
  }
}
