import { Buffer } from 'node:buffer'
import { createServer, type Server } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect } from 'chai'
import getPort from 'get-port'
import { Browser } from '../../loadtest/client/browser.js'
import { Client } from '../../loadtest/client/client.js'
import { open, send } from '../../loadtest/client/step.js'
import type { Outcome } from '../../loadtest/stats/outcome.js'

/** A server that says what it is told to, once a connection. */
describe('the client', () => {
  let server: Server
  let reply: string | Buffer | undefined
  let received: string[] = []
  let client: Client
  let outcomes: Outcome[] = []
  before(async () => {
    const port = await getPort()
    server = createServer((socket) => {
      socket.once('data', (data) => {
        received.push(data.toString())
        if (reply !== undefined) socket.end(reply)
      })
    }).listen(port, '127.0.0.1')
    const record = (outcome: Outcome) => outcomes.push(outcome)
    client = new Client(`http://127.0.0.1:${port}`, { timeout: 300, keepAlive: false, record })
  })
  beforeEach(() => {
    received = []
    outcomes = []
  })
  after(() => {
    client.close()
    server.close()
  })

  const get = (browser = new Browser(client.baseUrl)) => client.send(open('try', '/', 'ok'), browser)
  const gzipped = gzipSync('it is ok')

  for (const [what, text, error] of [
    ['a whole answer', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', undefined],
    [
      'a compressed answer',
      Buffer.concat([
        Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${gzipped.length}\r\n\r\n`),
        gzipped,
      ]),
      undefined,
    ],
    ['an answer that was cut off', 'HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\nok', 'the answer was cut off'],
    [
      'a chunked answer that was cut off',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n',
      'the answer was cut off',
    ],
    ['a closed connection', '', 'closed without an answer'],
    ['silence', undefined, 'no answer in time'],
    ['another page', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno', 'a page without ok'],
    ['a status that was not expected', 'HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n', 'status 500 instead of 200'],
  ] as const) {
    it(`takes ${what} for ${error ? 'a failure' : 'an answer'}, and sends the request once`, async () => {
      reply = text
      const answer = await get()
      expect(answer.error).to.equal(error)
      expect(outcomes.map((each) => each.error)).to.deep.equal([error])
      expect(received).to.have.length(1)
    })
  }

  it('names the connection’s error where nobody listens', async () => {
    const nowhere = `http://127.0.0.1:${await getPort()}`
    const other = new Client(nowhere, { timeout: 300, record: () => {} })
    const { error } = await other.send(open('try', '/'), new Browser(nowhere))
    expect(error).to.equal('connection error ECONNREFUSED')
  })

  it('counts latency from when the request was due', async () => {
    reply = 'HTTP/1.1 200 OK\r\nX-Served-By: app2\r\nContent-Length: 2\r\n\r\nok'
    const due = performance.now() - 500
    await client.send(open('try', '/'), new Browser(client.baseUrl), due)
    const [outcome] = outcomes as [Outcome]
    expect(outcome).to.include({ step: 'try', write: false, due, replica: 'app2' })
    expect(outcome.ended - outcome.due).to.be.at.least(500)
  })

  it('keeps cookies as a browser does, sends forms as forms, and no cookie where the step is anonymous', async () => {
    const browser = new Browser(client.baseUrl)
    reply =
      'HTTP/1.1 200 OK\r\nSet-Cookie: session=abc; path=/; httponly\r\nSet-Cookie: lang=en; path=/\r\nContent-Length: 2\r\n\r\nok'
    await get(browser)
    expect(browser.hasCookie('session')).to.equal(true)
    reply =
      'HTTP/1.1 303 See\r\nSet-Cookie: session=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n'
    await client.send(send('try', '/products', { name: 'Más & más' }), browser)
    expect(received[1]).to.contain('Cookie: session=abc; lang=en').and.to.contain('\r\n\r\nname=M%C3%A1s+%26+m%C3%A1s')
    expect(browser.hasCookie('session')).to.equal(false)
    await client.send({ ...open('try', '/'), anonymous: true }, browser)
    expect(received[2]).not.to.contain('Cookie:')
  })
})
