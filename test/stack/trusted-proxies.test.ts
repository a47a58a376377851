import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import getPort from 'get-port'
import { startNginx } from '../../stack/nginx.js'
import { type Service, waitUntil } from '../../stack/processes.js'
import { unique } from '../person.js'
import { folder as systemFolder } from '../system.js'

/** What a replica is told, by a server in its place that answers with the headers it got. */
describe('TRUSTED_PROXIES', () => {
  const claims = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '198.51.100.9, 203.0.113.7, 10.1.2.3' }
  let replica: Server
  let nginx: Service | undefined
  let folder: string
  let url: string

  before((done) => {
    replica = createServer((request, response) => response.end(JSON.stringify(request.headers)))
    replica.listen(0, '127.0.0.1', done)
  })
  after(() => replica.close())
  afterEach(async () => {
    await nginx?.stop('SIGQUIT')
    nginx = undefined
  })

  it('is nobody by default: a client’s claims do not count', async () => {
    await start(undefined)
    const told = await ask(claims)
    expect(told).to.include({ 'x-forwarded-proto': 'http', 'x-forwarded-for': '127.0.0.1' })
  })

  it('makes the claims of those named count, up to the first address that is not', async () => {
    await start('127.0.0.1, 10.0.0.0/8')
    expect(await ask(claims)).to.include({ 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' })
    expect(await ask({})).to.include({ 'x-forwarded-proto': 'http', 'x-forwarded-for': '127.0.0.1' })
    expect(await ask({ 'x-forwarded-proto': 'gopher' })).to.include({ 'x-forwarded-proto': 'http' })
  })

  it('makes the claims of nobody else count', async () => {
    await start('192.0.2.1 2001:db8::/32')
    expect(await ask(claims)).to.include({ 'x-forwarded-proto': 'http', 'x-forwarded-for': '127.0.0.1' })
  })

  it('logs the client and not the proxy', async () => {
    await start('127.0.0.1')
    const path = `/${unique()}`
    await fetch(url + path, { headers: { 'x-forwarded-for': '203.0.113.7' } })
    const log = join(folder, 'nginx/logs/access.log')
    await waitUntil('the line is not there', 2, () => readFileSync(log, 'utf8').includes(path))
    expect(readFileSync(log, 'utf8')).to.contain('"client":"203.0.113.7"')
  })

  it('limits each client of a proxy by itself', async () => {
    await start('127.0.0.1')
    const from = (address: string) => fetch(url, { headers: { 'x-forwarded-for': address } })
    const head = 'POST / HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 203.0.113.7\r\nContent-Length: 1\r\n\r\n'
    // More than the limit: some may wait long for their connection.
    const withoutBody = Array.from({ length: 1_100 }, () => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1')
      socket.write(head)
      return socket.on('error', () => {})
    })
    try {
      await waitUntil('the limit is not reached', 8, async () => (await from('203.0.113.7')).status === 429)
      expect((await from('203.0.113.8')).status).to.equal(200)
    } finally {
      for (const socket of withoutBody) socket.destroy()
    }
  })

  async function start(trusted: string | undefined) {
    folder = join(systemFolder, `proxy-${unique()}`)
    const port = await getPort()
    url = `http://127.0.0.1:${port}`
    nginx = await startNginx(folder, {
      address: '127.0.0.1',
      port,
      replicaPorts: [(replica.address() as AddressInfo).port],
      settings: { TRUSTED_PROXIES: trusted },
    })
  }

  async function ask(headers: Record<string, string>): Promise<IncomingHttpHeaders> {
    return (await fetch(url, { headers })).json() as Promise<IncomingHttpHeaders>
  }
})
