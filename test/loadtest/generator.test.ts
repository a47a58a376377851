import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { Browser } from '../../loadtest/client/browser.js'
import { open } from '../../loadtest/client/step.js'
import { loadAtRate } from '../../loadtest/load/at-rate.js'
import { loadAtFullSpeed } from '../../loadtest/load/full-speed.js'
import { unknownCatalogue } from '../../loadtest/load/preparation/catalogue.js'
import { Visitor } from '../../loadtest/load/visitor.js'
import type { Outcome } from '../../loadtest/stats/outcome.js'
import { statsOf } from '../../loadtest/stats/stats.js'

/** Against servers that do what generators usually hide. */
describe('the load', () => {
  let server: Server | undefined
  let arrived = 0

  afterEach(() => {
    server?.closeAllConnections()
    server?.close()
    server = undefined
  })

  for (const rate of [undefined, 100]) {
    describe(rate ? `at ${rate} a second` : 'at full speed', () => {
      it('counts every request that the server got, once', async () => {
        const stats = await load((_, response) => response.setHeader('X-Served-By', 'app1').end('ok'), { rate })
        expect(stats.requests).to.equal(arrived)
        expect(stats.errorsByKind).to.deep.equal({})
        expect(stats.replicas.map(({ name, requests }) => [name, requests])).to.deep.equal([['app1', arrived]])
      })

      it('counts a request whose connection was closed without an answer, and goes on', async () => {
        const stats = await load(
          (request, response) => {
            if (arrived % 5 === 0) request.socket.end()
            else response.end('ok')
          },
          { rate },
        )
        expect(stats.requests).to.equal(arrived)
        expect(stats.errorsByKind).to.deep.equal({ 'closed without an answer': Math.floor(arrived / 5) })
      })

      it('loses nothing on a connection that the server said it closes', async () => {
        const stats = await load(
          (_, response) => {
            if (arrived % 3 === 0) response.setHeader('Connection', 'close')
            response.end('ok')
          },
          { rate },
        )
        expect(stats.requests).to.equal(arrived).and.to.be.above(3)
        expect(stats.errorsByKind).to.deep.equal({})
      })

      it('reports what took too long, with all its waiting', async () => {
        const stats = await load(
          (_, response) => {
            if (arrived !== 5) response.end('ok')
          },
          { rate, duration: 2 },
        )
        expect(stats.errorsByKind).to.deep.equal({ 'no answer in time': 1 })
        expect(stats.latency.max).to.be.at.least(990)
        expect(stats.requests).to.equal(arrived)
      })

      it('reports a status that the journey did not expect, also of the class 2xx', async () => {
        const stats = await load(
          (_, response) => {
            response.statusCode = [200, 204, 303, 500][arrived % 4] as number
            response.end()
          },
          { rate },
        )
        expect(Object.keys(stats.errorsByKind)).to.deep.equal([
          'status 204 instead of 200',
          'status 303 instead of 200',
          'status 500 instead of 200',
        ])
        expect(stats.requests).to.equal(arrived)
      })

      it('waits for what was sent in time, so that a stall at the end is measured', async () => {
        const start = performance.now()
        const stats = await load(
          (_, response) => setTimeout(() => response.end('ok'), performance.now() - start > 600 ? 900 : 0),
          { rate, timeout: 5, connections: 20 },
        )
        expect(stats.requests).to.equal(arrived)
        expect(stats.latency.max).to.be.at.least(899)
        expect(stats.errorsByKind).to.deep.equal({})
      })
    })
  }

  it('at a rate counts half an answer as none, and the next one is whole', async () => {
    const stats = await load(
      (request, response) => {
        if (arrived % 5 === 0) request.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf')
        else response.end('ok')
      },
      { rate: 100 },
    )
    expect([stats.requests, arrived]).to.deep.equal([100, 100])
    expect(stats.errorsByKind).to.deep.equal({ 'the answer was cut off': 20 })
  })

  it('at a rate gives each request that was due one outcome, although idle connections are reset', async () => {
    const stats = await load(
      (request, response) => {
        response.end('ok')
        setTimeout(() => request.socket.resetAndDestroy(), 5)
      },
      { rate: 100, connections: 4, timeout: 3 },
    )
    expect(stats.requests).to.equal(100)
  })

  it('at a rate counts the waiting for a free connection: one stall of 600 ms is felt by all that were due meanwhile', async () => {
    const stats = await load((_, response) => setTimeout(() => response.end('ok'), arrived === 10 ? 600 : 0), {
      rate: 100,
      connections: 1,
    })
    expect(stats.requests).to.equal(100)
    // 60 were due while the only connection was held up, and 50 of them waited for 100 ms or more.
    expect(stats.latency.p50).to.be.at.least(100)
    expect(stats.latency.max).to.be.at.least(600)
  })

  it('at a rate counts what was due and never sent', async () => {
    const stats = await load((_, response) => setTimeout(() => response.end('ok'), 300), { rate: 50, connections: 1 })
    expect(stats.requests).to.equal(50)
    expect(stats.errorsByKind['never sent'])
      .to.equal(50 - arrived)
      .and.to.be.above(30)
    expect(stats.latency.p90).to.be.above(1000)
  })

  async function load(answer: RequestListener, settings: Partial<typeof standard> = {}) {
    arrived = 0
    server = createServer((request, response) => {
      if (request.url === '/favicon.ico') return response.writeHead(204).end()
      arrived++
      answer(request, response)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { connections, rate, ...rest } = { ...standard, ...settings }
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const visitors = Array.from({ length: connections }, () => new Visitor(new Browser(baseUrl), nobody, onePage))
    const outcomes: Outcome[] = []
    const start = performance.now()
    const given = { ...rest, baseUrl, start, record: (outcome: Outcome) => outcomes.push(outcome) }
    await (rate ? loadAtRate(rate, given, visitors) : loadAtFullSpeed(given, visitors))
    return statsOf(outcomes, start, rest.duration)
  }
})

const standard = { duration: 1, timeout: 1, connections: 2, rate: undefined as number | undefined }
const nobody = { account: { email: '', password: '' }, catalogue: unknownCatalogue }

function* onePage() {
  yield open('GET /', '/')
}
