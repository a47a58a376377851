import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'

/** An answer of Bodega's, as it was given once. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: string
}

// What Node can do at best: it repeats answers from memory.
const answers: Record<string, Answer> = JSON.parse(readFileSync(process.env.ANSWERS ?? '', 'utf8'))
const bodies = new Map(Object.entries(answers).map(([page, { body }]) => [page, Buffer.from(body)]))

createServer((request, response) => {
  const page = `${request.method} ${request.url}`
  const { status, headers } = answers[page] ?? { status: 404, headers: {} }
  request.resume().once('end', () => response.writeHead(status, headers).end(bodies.get(page)))
}).listen(Number(process.env.PORT), '127.0.0.1')
