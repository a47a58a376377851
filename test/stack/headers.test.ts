import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import getPort from 'get-port'
import { makeLogFolders } from '../../stack/logs.js'
import { startNginx } from '../../stack/nginx.js'
import { administrator, Person } from '../person.js'
import { Program } from '../program.js'
import { pagesRoutes, pathOf } from '../routes.js'
import { stack } from '../system.js'

interface Answer {
  status: number
  headers: NodeJS.Dict<string[]>
}

const always: Record<string, string> = {
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-frame-options': 'DENY',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
}

describe('the headers that are always the same', () => {
  let cookie: string
  let asset: string
  before(async () => {
    cookie = (await administrator()).cookies
    asset = (await new Person().get('/')).$('link[rel=stylesheet]').attr('href') as string
  })

  const answers: [what: string, status: number, method: string, path: () => string, policy: RegExp][] = [
    ['a kept page', 200, 'GET', () => '/login', /^default-src 'self'/],
    ['a page', 200, 'GET', () => '/products', /^default-src 'self'/],
    ['a redirect', 303, 'GET', () => '/', /^default-src 'self'/],
    ['a stream', 200, 'GET', () => '/status/events', /^default-src 'self'/],
    ['an error page of a replica', 404, 'GET', () => '/products/999999', /^default-src 'self'/],
    ['a method that is not allowed', 405, 'PUT', () => '/products', /^default-src 'self'/],
    ['what a program is answered', 200, 'GET', () => '/api/v1/openapi.json', /^default-src 'self'/],
    ['what a program is refused', 401, 'GET', () => '/api/v1/products', /^default-src 'self'/],
    ['the published keys', 200, 'GET', () => '/.well-known/jwks.json', /^default-src 'self'/],
    ['an asset', 200, 'GET', () => asset, /^default-src 'none'/],
    ['an asset that there is not', 404, 'GET', () => '/static/none.css', /style-src 'sha256-/],
    ['a page of nginx', 404, 'GET', () => '/metrics', /style-src 'sha256-/],
  ]

  for (const [what, status, method, path, policy] of answers) {
    it(`stand once each on ${what}`, async () => {
      const answer = await ask(method, path())
      expect(answer.status).to.equal(status)
      for (const [name, value] of Object.entries(always)) expect(answer.headers[name], name).to.deep.equal([value])
      for (const name of ['x-request-id', 'x-served-by', 'content-security-policy']) {
        expect(answer.headers[name], name).to.have.length(1)
      }
      expect(answer.headers['content-security-policy']?.[0]).to.match(policy)
    })
  }

  it('stand once each on what every route answers', async () => {
    const { json } = await new Program().get('/openapi.json')
    const ofApi = Object.entries<object>(json.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace('{id}', ':id')}`),
    )
    for (const route of [...pagesRoutes(), ...ofApi]) {
      const { headers } = await ask(route.split(' ')[0] as string, pathOf(route))
      for (const [name, value] of Object.entries(always))
        expect(headers[name], `${route}: ${name}`).to.deep.equal([value])
      for (const name of ['x-request-id', 'x-served-by', 'content-security-policy']) {
        expect(headers[name], `${route}: ${name}`).to.have.length(1)
      }
    }
  })

  it('stand once each on the answer of a replica of another version, which says them itself', async () => {
    const policy = 'content-security-policy'
    const replica = createServer((_, answer) => {
      answer.setHeaders(new Map(Object.entries({ ...always, [policy]: 'of another version' }))).end()
    })
    await once(replica.listen(0, '127.0.0.1'), 'listening')
    const folder = mkdtempSync(join(tmpdir(), 'bodega-headers-'))
    makeLogFolders(folder)
    const [address, port] = ['127.0.0.1', await getPort()]
    const replicaPorts = [(replica.address() as AddressInfo).port]
    const nginx = await startNginx(folder, { address, port, replicaPorts, settings: {} })
    try {
      for (const path of ['/', '/status/events']) {
        const { headers } = await ask('GET', path, `http://${address}:${port}`)
        for (const [name, value] of Object.entries(always)) expect(headers[name], name).to.deep.equal([value])
        expect(headers[policy]).to.have.length(1)
        expect(headers[policy]?.[0]).to.match(/^default-src 'self'/)
      }
    } finally {
      await nginx.stop('SIGKILL')
      replica.close()
      rmSync(folder, { recursive: true })
    }
  })

  /** fetch would join headers that are there twice. */
  function ask(method: string, path: string, url = stack.url): Promise<Answer> {
    const headers = { ...(path === '/login' ? {} : { cookie }), 'sec-fetch-site': 'same-origin' }
    return new Promise((resolve, reject) => {
      const asked = request(url + path, { method, headers }, (answer) => {
        resolve({ status: answer.statusCode as number, headers: answer.headersDistinct })
        answer.destroy()
      })
      asked.on('error', reject).end()
    })
  }
})
