import { type Fields, wholeNumber } from '../../../input/form-values.js'
import {
  type ProductChange,
  type ProductDraft,
  type ProductFields,
  parseProductChange,
  parseProductDraft,
} from '../../../products/product.js'

/** The product that the fields of a form describe. @throws {Invalid} */
export function draftOf({ units, ...fields }: Fields): ProductDraft {
  return parseProductDraft({ ...fields, units: wholeNumber(units) })
}

/** What the fields of a form make of a product. @throws {Invalid} */
export function changeOf({ units, ...fields }: Fields): ProductChange {
  return parseProductChange({ ...fields, units: wholeNumber(units) })
}

/** What the fields of a form hold when it opens for a product. */
export function valuesOf({ name, code, description, category }: ProductFields): Record<keyof ProductFields, string> {
  return { name, code, description, category }
}
