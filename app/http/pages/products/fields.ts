import { type Fields, wholeNumber } from '../../../input/form-values.js'
import {
  type ProductChange,
  type ProductDraft,
  type ProductFields,
  parseProductChange,
  parseProductDraft,
} from '../../../products/product.js'

/** The product that the fields of a form describe. @throws {Invalid} */
export function draftOf({ units, minimum, ...fields }: Fields): ProductDraft {
  return parseProductDraft({ ...fields, units: wholeNumber(units), minimum: minimumOf(minimum) })
}

/** What the fields of a form make of a product. @throws {Invalid} */
export function changeOf({ units, minimum, ...fields }: Fields): ProductChange {
  return parseProductChange({ ...fields, units: wholeNumber(units), minimum: minimumOf(minimum) })
}

/** None where the field is empty, and undefined where there is no such field: forms of older versions and programs have none. */
export function minimumOf(typed: unknown): unknown {
  return typed === undefined ? undefined : (wholeNumber(typed) ?? 0)
}

/** What the fields of a form hold when it opens for a product. */
export function valuesOf({ minimum, ...product }: ProductFields): Record<keyof ProductFields, string> {
  const { name, code, description, category } = product
  return { name, code, description, category, minimum: String(minimum) }
}
