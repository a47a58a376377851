import { setImmediate as nextRound } from 'node:timers/promises'

/** What a file may be written in; its mark tells, or whether it is valid UTF-8. */
export const encodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const

export type Encoding = (typeof encodings)[number]

/** Bytes that are decoded between two rounds of the event loop. */
const together = 65_536

/** The encoding of a file, which is read as far as it takes to know. */
export async function encodingOf(chunks: AsyncIterable<Buffer>): Promise<Encoding> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let marked: Encoding | undefined
  let first = true
  try {
    for await (const bytes of pieces(chunks)) {
      if (first) marked = markedEncoding(bytes)
      if (marked) return marked
      first = false
      decoder.decode(bytes, { stream: true })
    }
    decoder.decode()
    return 'utf-8'
  } catch (error) {
    if (error instanceof TypeError) return 'windows-1252'
    throw error
  }
}

/** The text of a file, without the mark of its encoding, and how many of its bytes were read for each part. */
export async function* decoded(
  chunks: AsyncIterable<Buffer>,
  encoding: Encoding,
): AsyncGenerator<{ text: string; bytes: number }> {
  const decoder = new TextDecoder(encoding)
  for await (const bytes of pieces(chunks)) {
    yield { text: decoder.decode(bytes, { stream: true }), bytes: bytes.length }
    await nextRound()
  }
  yield { text: decoder.decode(), bytes: 0 }
}

function markedEncoding(bytes: Buffer): Encoding | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  return undefined
}

async function* pieces(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += together) yield chunk.subarray(start, start + together)
  }
}
