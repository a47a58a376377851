/** Any of them; they must not be none. */
export function oneOf<T>(choices: readonly T[]): T {
  return choices[Math.floor(Math.random() * choices.length)] as T
}

/** Each as often as its share says, to draw from. */
export function sharedOut<T>(shares: [share: number, choice: T][]): T[] {
  return shares.flatMap(([share, choice]) => Array<T>(share).fill(choice))
}
