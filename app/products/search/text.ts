/**
 * Text as a search compares it: without case, accents and the many forms of one letter, and as bytes, because a server
 * finds bytes in bytes several times sooner than text in text by the rules of a collation. Only for text of bounded
 * length: normalizing takes the square of it at worst.
 */
export function fold(text: string): Buffer {
  return Buffer.from(text.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase())
}

export interface Described {
  name: string
  code: string
  description: string
  category: string
}

/**
 * What a search looks through, kept in the product's row. No word that is searched for has the line break in it. The
 * first one tells this text from those of older versions, which have no category: db/products/008_categories_in_search_text.ts.
 */
export function searchTextOf({ name, code, description, category }: Described): Buffer {
  return fold(['', name, code, description, category].join('\n'))
}
