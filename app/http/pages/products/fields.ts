import { type Fields, wholeNumber } from '../../../input/form-values.js'
import { type ProductDraft, parseProductDraft } from '../../../products/product.js'

/** The product that the fields of a form describe. @throws {Invalid} */
export function draftOf({ units, ...fields }: Fields): ProductDraft {
  return parseProductDraft({ ...fields, units: wholeNumber(units) })
}

/** What the fields of a form hold when it opens for a product. */
export function valuesOf({
  name,
  code,
  description,
  units,
  category,
}: ProductDraft): Record<keyof ProductDraft, string> {
  return { name, code, description, units: String(units), category }
}
