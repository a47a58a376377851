import type { Entry } from '../../../audit/entry.js'
import type { TextKey, Texts } from '../../../i18n/texts.js'

/** What was changed, in words: the field, what it was, and what it became. */
export function shownChanges({ changes }: Pick<Entry, 'changes'>, t: Texts) {
  return Object.entries(changes).map(([name, { from, to }]) => {
    const key = words.get(name)
    const shown = name === 'archived' ? (value: unknown) => t(value ? 'audited.yes' : 'audited.no') : textOf
    return { field: key ? t(key) : name, from: shown(from), to: shown(to) }
  })
}

/** The words for a field; one that only a newer version has is shown by its name in code. */
const words = new Map<string, TextKey>([
  ['firstName', 'field.firstName'],
  ['lastName', 'field.lastName'],
  ['email', 'field.email'],
  ['name', 'field.name'],
  ['code', 'field.code'],
  ['description', 'field.description'],
  ['units', 'field.units'],
  ['category', 'field.category'],
  ['minimum', 'field.minimum'],
  ['reason', 'field.reason'],
  ['note', 'field.note'],
  ['role', 'account.role'],
  ['locale', 'audited.field.locale'],
  ['permissions', 'audited.field.permissions'],
  ['scopes', 'audited.field.scopes'],
  ['archived', 'audited.field.archived'],
  ['products', 'audited.field.products'],
])

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(textOf).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
