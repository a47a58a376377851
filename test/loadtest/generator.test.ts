import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { applyLoad, type Load } from '../../loadtest/generator/load.js'
import { unknownCatalogue } from '../../loadtest/preparation/catalogue.js'
import { Visitor } from '../../loadtest/visitor.js'

/** Against servers that do what autocannon alone does not tell. */
describe('the load generator', () => {
  let server: Server | undefined
  let arrived = 0

  afterEach(() => {
    server?.closeAllConnections()
    server?.close()
    server = undefined
  })

  it('counts every request that the server got, once', async () => {
    const { figures } = await load((_, response) => response.setHeader('X-Served-By', 'app1').end('ok'))
    expect(figures.requests).to.equal(arrived)
    expect(figures.errorsByKind).to.deep.equal({})
    expect(figures.replicas.map(({ name, requests }) => [name, requests])).to.deep.equal([['app1', arrived]])
  })

  it('counts a request whose connection was closed without an answer, and gives the next one its own answer', async () => {
    const { figures } = await load((request, response) => {
      if (arrived % 5 === 0) request.socket.end()
      else response.end('ok')
    })
    expect(figures.requests).to.equal(arrived)
    expect(figures.errorsByKind).to.deep.equal({ 'never answered': Math.floor(arrived / 5) })
  })

  it('counts half an answer as none, and the next one is whole', async () => {
    const { figures } = await load((request, response) => {
      if (arrived % 5 === 0) request.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf')
      else response.end('ok')
    })
    expect(figures.requests).to.equal(arrived)
    expect(figures.errorsByKind).to.deep.equal({ 'never answered': Math.floor(arrived / 5) })
  })

  it('sends nothing more on a connection that the server said it closes', async () => {
    const { figures } = await load((_, response) => {
      if (arrived % 3 === 0) response.setHeader('Connection', 'close')
      response.end('ok')
    })
    expect(figures.requests).to.equal(arrived).and.to.be.above(3)
    expect(figures.errorsByKind).to.deep.equal({})
  })

  it('tells a reset connection', async () => {
    const { figures } = await load((request, response) => {
      if (arrived % 5 === 0) request.socket.resetAndDestroy()
      else response.end('ok')
    })
    expect(figures.requests).to.equal(arrived)
    expect(figures.errorsByKind).to.deep.equal({ 'connection error ECONNRESET': Math.floor(arrived / 5) })
  })

  it('tells what took too long, with all its waiting', async () => {
    const { figures } = await load(
      (_, response) => {
        if (arrived !== 5) response.end('ok')
      },
      { duration: 2 },
    )
    expect(figures.errorsByKind).to.deep.equal({ 'no answer in time': 1 })
    expect(figures.latency.max).to.be.at.least(990)
    expect(figures.requests).to.equal(arrived)
  })

  it('tells a status that the journey did not expect, also of the class 2xx', async () => {
    const { figures } = await load((_, response) => {
      response.statusCode = [200, 204, 303, 500][arrived % 4] as number
      response.end()
    })
    expect(Object.keys(figures.errorsByKind)).to.deep.equal([
      'status 204 instead of 200',
      'status 303 instead of 200',
      'status 500 instead of 200',
    ])
    expect(figures.requests).to.equal(arrived)
  })

  it('gives each request that was due one outcome, although idle connections are reset', async () => {
    const { figures } = await load(
      (request, response) => {
        response.end('ok')
        setTimeout(() => request.socket.resetAndDestroy(), 5)
      },
      { rate: 100, connections: 4, timeout: 3 },
    )
    expect(figures.requests).to.equal(100)
  })

  it('does not spin where nobody listens', async () => {
    const port = await portOf((_, response) => response.end())
    server?.close()
    const { figures } = await apply(port)
    expect(figures.requests).to.be.within(2, 100)
    expect(Object.keys(figures.errorsByKind)).to.deep.equal(['connection error ECONNREFUSED'])
  })

  it('waits for what was sent in time, so that a stall at the end is measured', async () => {
    const begun = performance.now()
    const { figures } = await load(
      (_, response) => setTimeout(() => response.end('ok'), performance.now() - begun > 600 ? 900 : 0),
      { timeout: 5 },
    )
    expect(figures.requests).to.equal(arrived)
    expect(figures.latency.max).to.be.at.least(899)
    expect(figures.errorsByKind).to.deep.equal({})
  })

  it('at a rate counts the waiting for a free connection: one stall of 600 ms is felt by all that were due meanwhile', async () => {
    const { figures } = await load((_, response) => setTimeout(() => response.end('ok'), arrived === 10 ? 600 : 0), {
      rate: 100,
      connections: 1,
    })
    expect(figures.requests).to.equal(100)
    // 60 were due while the only connection was held up, and 50 of them waited for 100 ms or more.
    expect(figures.latency.p50).to.be.at.least(100)
    expect(figures.latency.max).to.be.at.least(600)
  })

  it('at a rate counts what was due and never sent', async () => {
    const { figures } = await load((_, response) => setTimeout(() => response.end('ok'), 300), {
      rate: 50,
      connections: 1,
      timeout: 1,
    })
    expect(figures.requests).to.equal(50)
    expect(figures.errorsByKind['never sent'])
      .to.equal(50 - arrived)
      .and.to.be.above(30)
    expect(figures.latency.p90).to.be.above(1000)
  })

  async function load(answer: RequestListener, settings: Partial<Load & { connections: number }> = {}) {
    return apply(await portOf(answer), settings)
  }

  async function portOf(answer: RequestListener): Promise<number> {
    arrived = 0
    server = createServer((request, response) => {
      arrived++
      answer(request, response)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }

  function apply(port: number, { connections = 2, ...settings }: Partial<Load & { connections: number }> = {}) {
    const visitors = Array.from({ length: connections }, () => new Visitor(nobody, onePage))
    const load = { baseUrl: `http://127.0.0.1:${port}`, duration: 1, rate: undefined, timeout: 1, tick: () => {} }
    return applyLoad({ ...load, ...settings }, visitors, [])
  }
})

const nobody = { account: { email: '', password: '' }, catalogue: unknownCatalogue, cookies: new Map() }

function* onePage() {
  yield { name: 'GET /', method: 'GET' as const, path: '/', cookies: false, expect: 200 }
}
