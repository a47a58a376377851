/**
 * The terms of the index: every byte, pair and three of bytes that stand together in a folded text without a space or
 * a control character among them. Each is a number of three bytes.
 */
export function forEachTerm(text: Buffer, each: (term: number) => void): void {
  let previous = 0
  let beforePrevious = 0
  for (const byte of text) {
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
 * The terms that a text with all of these words has, the longest of each word. Not every one where there are many:
 * what they find is looked at once more.
 */
export function termsOfWords(words: Buffer[]): number[] {
  const terms = [...new Set(words.flatMap(longestTerms))]
  const step = Math.ceil(terms.length / mostTerms)
  return terms.filter((_, index) => index % step === 0)
}

const space = 0x20

/** More find hardly less. */
const mostTerms = 16

function longestTerms(word: Buffer): number[] {
  const terms: number[] = []
  forEachTerm(word, (term) => terms.push(term))
  const least = word.length >= 3 ? 1 << 16 : word.length === 2 ? 1 << 8 : 0
  return terms.filter((term) => term >= least)
}
