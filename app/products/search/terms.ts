/**
 * The terms of the index: every byte, pair and three of bytes that stand together in a folded text without a space or
 * a control character among them. Each is a number of three bytes.
 */
export function forEachTerm(text: Buffer, each: (term: number) => void): void {
  let previous = 0
  let beforePrevious = 0
  for (let index = 0; index < text.length; index++) {
    const byte = text[index] as number
    if (byte <= space) {
      previous = beforePrevious = 0
      continue
    }
    each(byte)
    if (previous) each((previous << 8) | byte)
    if (beforePrevious) each((beforePrevious << 16) | (previous << 8) | byte)
    beforePrevious = previous
    previous = byte
  }
}

/**
 * The longest terms of a word, which every text with the word has; some of them, where there are more than so many:
 * what they find is looked at once more.
 */
export function termsOfWord(word: Buffer, most: number): number[] {
  const terms = new Set<number>()
  forEachTerm(word, (term) => terms.add(term))
  const longest = Math.max(...[...terms].map(lengthOf))
  const useful = [...terms].filter((term) => lengthOf(term) === longest)
  const step = Math.ceil(useful.length / most)
  return useful.filter((_, index) => index % step === 0)
}

/** In bytes. */
function lengthOf(term: number): number {
  if (term >= 1 << 16) return 3
  return term >= 1 << 8 ? 2 : 1
}

const space = 0x20
