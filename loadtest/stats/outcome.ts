/** What became of one request; times in milliseconds, by performance.now(). */
export interface Outcome {
  step: string
  write: boolean
  /** When it should have been sent; its latency counts from here. */
  due: number
  ended: number
  /** X-Served-By of the answer; undefined where there was none. */
  replica?: string | undefined
  /** Why it failed; undefined where the answer was the expected one. */
  error?: string | undefined
}

/** Errors of requests that waited in vain: for an answer, or for a free connection until the end. */
export const timedOut = 'no answer in time'
export const neverSent = 'never sent'

export const unanswered = 'closed without an answer'
export const cutOff = 'the answer was cut off'

export function isFailed({ error }: Outcome): boolean {
  return error !== undefined
}
