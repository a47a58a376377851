import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Busboy, type BusboyHeaders } from '@fastify/busboy'
import type { Context, Middleware } from 'koa'
import { Invalid, TooMany } from '../errors.js'
import type { Upload } from '../products/import/import.js'
import { GarbledBody, UnsupportedBody } from './errors.js'

/** A file that came with a form. */
export interface UploadedFile {
  name: string
  /** Its bytes, in pieces of a megabyte at most. */
  chunks: Buffer[]
  size: number
  /** SHA-256 of its bytes. */
  hash: string
}

/** In bytes; nginx takes somewhat more, for what is around the file: nginx.conf. */
const largest = 32 * 1024 * 1024
const chunkSize = 1024 * 1024

/** Files that a replica takes at a time, since each is in its memory until it is stored. */
const parallel = 3

/** When sending a file again makes sense, in seconds. */
const retryAfter = 5

/** Parses a form with a file, into `ctx.request.body` and `ctx.state.file`. @throws {TooMany}, {UnsupportedBody}, {GarbledBody} */
export function upload(): Middleware {
  let current = 0
  return async (ctx, next) => {
    if (!ctx.is('multipart/form-data')) throw new UnsupportedBody()
    if (current >= parallel) throw new TooMany('too many files at the same time', retryAfter)
    current++
    try {
      await ctx.state.deadline.bound(() => parse(ctx))
      await next()
    } finally {
      current--
    }
  }
}

/** The file that came with a form. @throws {Invalid} where none did, or an empty one */
export function fileIn({ state: { file } }: Context): Upload {
  if (!file || file.size === 0) {
    throw new Invalid({ file: { message: file?.name ? 'imports.problem.empty' : 'imports.problem.noFile' } })
  }
  const fileName = [...file.name.slice(0, 400).replace(/\p{Cc}/gu, ' ')].slice(0, 200).join('')
  return { ...file, fileName }
}

async function parse(ctx: Context) {
  const parser = open(ctx.req.headers)
  const fields: Record<string, string> = {}
  let file: UploadedFile | undefined
  let truncated = false
  parser.on('field', (name, value) => {
    if (name === 'idempotencyKey') fields[name] = value
  })
  parser.on('file', (name, stream, fileName) => {
    if (name !== 'file') return void stream.resume()
    file = { name: fileName ?? '', chunks: [], size: 0, hash: '' }
    collect(stream, file)
    stream.on('limit', () => {
      truncated = true
    })
  })
  await pipeline(ctx.req, parser).catch((error) => {
    throw new GarbledBody(error.message)
  })
  if (truncated) throw Object.assign(new Error('the file is too large'), { status: 413 })
  ctx.request.body = fields
  ctx.state.file = file
}

function open(headers: IncomingHttpHeaders): InstanceType<typeof Busboy> {
  try {
    const limits = { fileSize: largest, files: 1, fields: 10, fieldSize: 1_000, parts: 12, headerPairs: 20 }
    return new Busboy({ headers: headers as BusboyHeaders, limits: { ...limits, headerSize: 8_192 } })
  } catch (error) {
    throw new GarbledBody((error as Error).message) // no boundary
  }
}

function collect(stream: Readable, file: UploadedFile) {
  const hash = createHash('sha256')
  let waiting: Buffer[] = []
  let length = 0
  const finish = () => {
    if (length > 0) file.chunks.push(Buffer.concat(waiting))
    waiting = []
    length = 0
  }
  stream.on('data', (bytes: Buffer) => {
    hash.update(bytes)
    file.size += bytes.length
    waiting.push(bytes)
    length += bytes.length
    if (length >= chunkSize) finish()
  })
  stream.on('end', () => {
    finish()
    file.hash = hash.digest('hex')
  })
  stream.on('error', () => {}) // the request's, which the parser reports
}
