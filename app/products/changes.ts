import type { Product, ProductFields } from './product.js'

/** What people change of a product. */
export type FieldName = keyof ProductFields

export const fieldNames: readonly FieldName[] = ['name', 'code', 'description', 'category', 'minimum']

/** Of each field that was changed, its value before and after; and of a product that was archived or restored. */
export type Changes = { [Name in FieldName]?: Change<ProductFields[Name]> } & { archived?: Change<0 | 1> }

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

/** Whether it is more than that the product was archived or restored. */
export function isOfFields({ changes }: ChangeOfProduct): boolean {
  return !changes.archived
}

/** A product as it was before these changes, the latest of which comes first. */
export function withoutChanges(product: Product, history: ChangeOfProduct[]): ProductFields {
  const { name, code, description, category, minimum } = product
  const before: ProductFields = { name, code, description, category, minimum }
  for (const { changes } of history) {
    for (const [field, change] of Object.entries(changes)) Object.assign(before, { [field]: change.from })
  }
  return before
}
