import type { Product, ProductFields } from './product.js'

/** What people change of a product. */
export type FieldName = keyof ProductFields

export const fieldNames: readonly FieldName[] = ['name', 'code', 'description', 'category']

/** Of each field that was changed, its value before and after. */
export type Changes = { [Name in FieldName]?: Change<ProductFields[Name]> }

interface Change<Value> {
  from: Value
  to: Value
}

/** One change of a product, as its history has it. */
export interface ChangeOfProduct {
  /** The version that it made. */
  version: number
  changes: Changes
  changedBy: number
  changedAt: Date
  replica: string
}

/** What makes one draft of another. */
export function changesBetween(before: ProductFields, after: ProductFields): Changes {
  const changed = fieldNames.filter((name) => before[name] !== after[name])
  return Object.fromEntries(changed.map((name) => [name, { from: before[name], to: after[name] }]))
}

/** A product as it was before these changes, the latest of which comes first. */
export function withoutChanges(product: Product, history: ChangeOfProduct[]): ProductFields {
  const { name, code, description, category } = product
  const before: ProductFields = { name, code, description, category }
  for (const { changes } of history) {
    for (const [field, change] of Object.entries(changes)) Object.assign(before, { [field]: change.from })
  }
  return before
}
