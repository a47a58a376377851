import { once } from 'node:events'
import { connect, constants } from 'node:http2'
import { request as ask } from 'node:https'
import { join } from 'node:path'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { expect } from 'chai'
import getPort from 'get-port'
import { startNginx } from '../../stack/nginx.js'
import type { Service } from '../../stack/processes.js'
import { readRecords } from '../../stack/replicas.js'
import { type Certificate, makeCertificate } from '../certificate.js'
import { folder as systemFolder } from '../system.js'

/** An nginx of its own with a certificate, in front of the replicas of the system under test. */
describe('TLS', () => {
  const folder = join(systemFolder, 'tls')
  const started: Service[] = []
  let files: Certificate
  let port: number
  let tlsPort: number

  before(async () => {
    files = makeCertificate(folder)
    port = await getPort()
    tlsPort = await getPort()
    started.push(await start({ HSTS: '3600' }))
  })

  after(() => Promise.all(started.map((nginx) => nginx.stop('SIGQUIT'))))

  it('serves pages, its own and the replicas’, with one Strict-Transport-Security each', async () => {
    for (const [path, status] of [
      ['/', 200],
      ['/livez', 404],
      ['/favicon.ico', 204],
      ['/static/nothing.css', 404],
    ] as const) {
      const answer = await askTls(path)
      expect([path, answer.status]).to.deep.equal([path, status])
      // node:http joins a header that comes twice.
      expect(answer.headers['strict-transport-security'], path).to.equal('max-age=3600')
    }
  })

  it('lets cookies be Secure', async () => {
    const { headers } = await askTls('/language', { method: 'POST', body: 'lang=en&next=/' })
    expect(headers['set-cookie']?.[0]).to.match(/; secure/i)
  })

  it('speaks HTTP/2', async () => {
    const client = connect(`https://localhost:${tlsPort}`, { ca: files.ca })
    const request = client.request({ [constants.HTTP2_HEADER_PATH]: '/' })
    const [headers] = await once(request, 'response')
    expect(headers[':status']).to.equal(200)
    expect(headers['x-served-by']).to.match(/^app\d$/)
    client.destroy()
  })

  it('takes TLS 1.2 and 1.3, nothing older', async () => {
    expect(await protocol('TLSv1.2')).to.equal('TLSv1.2')
    expect(await protocol('TLSv1.3')).to.equal('TLSv1.3')
    expect(await protocol('TLSv1.1').catch((error) => error.code)).to.match(/PROTOCOL|ALERT/)
  })

  it('redirects plain requests, keeping host, path and method, in an answer that no browser keeps', async () => {
    const answer = await fetch(`http://localhost:${port}/login?next=/a%20b&x`, { method: 'POST', redirect: 'manual' })
    expect(answer.status).to.equal(308)
    expect(answer.headers.get('location')).to.equal(`https://localhost:${tlsPort}/login?next=/a%20b&x`)
    expect(answer.headers.get('cache-control')).to.equal('no-store')
    expect(answer.headers.get('strict-transport-security')).to.equal(null)
    expect(answer.headers.get('x-content-type-options')).to.equal('nosniff')
  })

  it('redirects a plain request that came to its own port', async () => {
    const answer = await fetch(`http://localhost:${tlsPort}/login`, { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).to.deep.equal([308, `https://localhost:${tlsPort}/login`])
    expect(answer.headers.get('cache-control')).to.equal('no-store')
    expect(answer.headers.get('x-served-by')).to.equal('nginx')
  })

  for (const [name, settings] of Object.entries({
    TLS_KEY: { TLS_KEY: '' },
    TLS_CERTIFICATE: { TLS_CERTIFICATE: '/nowhere.pem' },
    TLS_PORT: { TLS_PORT: 'https' },
    HSTS: { HSTS: 'yes' },
    TRUSTED_PROXIES: { TRUSTED_PROXIES: 'proxy.example; 10.0.0.1' },
  })) {
    it(`does not start with a wrong ${name}, and names it`, async () => {
      expect(await failure(settings)).to.match(new RegExp(`${name} must be`))
    })
  }

  it('names the setting that nginx refuses', async () => {
    expect(await failure({ TLS_KEY: files.certificate })).to.contain('TLS_KEY')
    expect(await failure({ TRUSTED_PROXIES: '10.0.0.0/99' })).to.contain('TRUSTED_PROXIES')
  })

  async function failure(settings: NodeJS.ProcessEnv): Promise<string> {
    return start(settings, join(folder, 'wrong')).then(
      async (nginx) => {
        await nginx.stop('SIGQUIT')
        throw new Error('it started')
      },
      (error) => error.message,
    )
  }

  function start(settings: NodeJS.ProcessEnv, where = folder): Promise<Service> {
    const tls = { TLS_CERTIFICATE: files.certificate, TLS_KEY: files.key, TLS_PORT: String(tlsPort) }
    const replicaPorts = readRecords(systemFolder).map((record) => record.port)
    return startNginx(where, {
      address: '127.0.0.1',
      port,
      replicaPorts,
      settings: { ...tls, ...settings },
    })
  }

  async function askTls(path: string, { method = 'GET', body = '' } = {}) {
    const headers = body ? { 'content-type': 'application/x-www-form-urlencoded' } : {}
    const request = ask(`https://localhost:${tlsPort}${path}`, { ca: files.ca, method, headers, agent: false })
    request.end(body)
    const [answer] = await once(request, 'response')
    answer.resume()
    return { status: answer.statusCode as number, headers: answer.headers }
  }

  async function protocol(version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string | null> {
    const socket: TLSSocket = connectTls({
      port: tlsPort,
      host: 'localhost',
      ca: files.ca,
      minVersion: version,
      maxVersion: version,
      ciphers: 'DEFAULT:@SECLEVEL=0', // Node refuses 1.1 by itself otherwise
    })
    await once(socket, 'secureConnect')
    const spoken = socket.getProtocol()
    socket.destroy()
    return spoken
  }
})
