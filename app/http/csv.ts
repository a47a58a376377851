import { Readable } from 'node:stream'
import type { Context } from 'koa'
import { byteOrderMark, type Cell, toCsv } from '../products/csv/write.js'

/**
 * Answers with a CSV file, of which little is in memory at a time. Its first records are there before it begins, so that
 * until then nginx can ask another replica. One that is cut off is none: it is sent in chunks, and the last one is missing.
 */
export async function answerWithCsv(
  ctx: Context,
  name: string,
  { header, batches, delimiter = ',' }: { header: string[]; batches: AsyncIterable<Cell[][]>; delimiter?: string },
): Promise<void> {
  const parts = partsOf(header, batches, delimiter)
  const first = await parts.next()
  ctx.set('Content-Type', 'text/csv; charset=utf-8')
  ctx.set('Content-Disposition', `attachment; filename="${name}.csv"`)
  ctx.set('Cache-Control', 'no-store')
  ctx.body = Readable.from(following(first, parts), { objectMode: false })
}

async function* partsOf(header: string[], batches: AsyncIterable<Cell[][]>, delimiter: string) {
  let before = byteOrderMark + toCsv([header], delimiter)
  for await (const records of batches) {
    yield before + toCsv(records, delimiter)
    before = ''
  }
  if (before) yield before
}

async function* following(first: IteratorResult<string, void>, others: AsyncGenerator<string>) {
  if (first.done) return
  yield first.value
  yield* others
}
