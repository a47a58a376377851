import { expect } from 'chai'
import { expectNginxPage, expectPage, parsed, raw } from '../pages.js'
import { Person, signedIn } from '../person.js'
import { replicaAddresses } from '../system.js'

describe('bad requests', () => {
  let person: Person
  before(async () => {
    person = await signedIn()
  })

  it('unknown paths: 404, in the person’s language', async () => {
    expectPage(await new Person().get('/nowhere'), 404)
    const spanish = await new Person(undefined, { 'accept-language': 'es' }).get('/nowhere')
    expect(spanish.$('h1').text()).to.equal('Aquí no hay nada')
  })

  for (const path of ['/Login', '/livez', '/readyz', '/metrics', '/static/nothing.css', '/errors/502.html']) {
    it(`${path}: 404`, async () => {
      expect((await person.get(path)).status).to.equal(404)
    })
  }

  it('a slash too many: leads to the page, with what was asked', async () => {
    const { status, location } = await person.get('/products/?q=cable')
    expect([status, location]).to.deep.equal([301, '/products?q=cable'])
  })

  for (const [method, path] of [
    ['PUT', '/products'],
    ['DELETE', '/products/1'],
    ['POST', '/products/1/edit'],
    ['GET', '/logout'],
    ['PATCH', '/login'],
  ] as const) {
    it(`${method} ${path}: 405`, async () => {
      const answer = await person.send(method, path)
      expectPage(answer, 405)
      expect(answer.headers.get('allow')).to.be.a('string')
    })
  }

  it('an address too long for a header: the sign-in page, and no replica fails for it', async () => {
    for (const query of [';'.repeat(7_900), 'a'.repeat(7_900)]) {
      const { status, location } = await new Person().get(`/products?${query}`)
      expect([status, location]).to.deep.equal([303, '/login'])
    }
    for (const next of [`/${'a'.repeat(20_000)}`, `/${'€'.repeat(2_000)}`]) {
      const { status, location } = await new Person().post('/language', { lang: 'es', next })
      expect([status, location]).to.deep.equal([303, '/products'])
    }
  })

  it('HTTP/1.0 that names no host: served', async () => {
    expect(await raw('GET /login HTTP/1.0\r\n\r\n')).to.match(/^HTTP\/1\.1 200 /)
  })

  it('what nginx refuses by itself: in its own page', async () => {
    expectNginxPage(await new Person().get('/static/'), 404)
    expect(await raw('GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n'))
      .to.match(/^HTTP\/1\.1 501 /)
      .and.to.contain('lang="es"')
  })

  it('a method that there is not: 501', async () => {
    expectPage(await person.send('PROPFIND', '/products'), 501)
  })

  for (const [what, request, status] of [
    ['bytes that are no text in the path', 'GET /\xff\xfe HTTP/1.1', 400],
    ['bytes that are no text in the query', 'GET /?q=\xff HTTP/1.1', 400],
    ['a control character in a header', 'GET / HTTP/1.1\r\nX-Odd: a\x01b', 400],
    ['a method that nobody knows', 'FOO / HTTP/1.1', 501],
  ] as const) {
    it(`${what}: ${status} from nginx, and no replica fails for it`, async () => {
      for (const _ of replicaAddresses()) {
        const answer = await raw(Buffer.from(`${request}\r\nHost: x\r\nConnection: close\r\n\r\n`, 'latin1'))
        expectNginxPage(parsed(answer), status)
      }
    })
  }

  it('/static/.., which is no asset: 404', async () => {
    const answer = await raw('GET /static/.. HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    expectPage(parsed(answer), 404)
  })

  for (const path of ['/%E0%A4', '/products/%FF', '/products?q=%E0%A4%A', '/products?q=100%']) {
    it(`%-encoding that is no text, ${path}: 400`, async () => {
      expectPage(await person.get(path), 400)
    })
  }

  for (const path of ['/%E0%A4%A', '/%zz', '/%']) {
    it(`%-encoding that is none, ${path}: 400 from nginx`, async () => {
      expectNginxPage(await new Person().get(path), 400)
    })
  }

  it('a NUL in the path or the query: a page', async () => {
    expect((await person.get('/products/1%00')).status).to.be.oneOf([400, 404])
    expect((await person.get('/products?q=a%00b')).status).to.equal(200)
  })

  it('a forged Host: served, and in no link', async () => {
    const answer = await raw('GET /products HTTP/1.1\r\nHost: forged.example\r\nConnection: close\r\n\r\n')
    expect(answer)
      .to.match(/^HTTP\/1.1 303 /)
      .and.not.to.contain('forged.example')
    const forwarded = {
      'x-forwarded-host': 'forged.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=forged.example',
    }
    expect((await new Person().get('/products', forwarded)).location).to.match(/^\/login/)
    expect((await new Person().get('/', forwarded)).html).not.to.contain('forged.example')
  })

  it('a request id of the client’s own: not believed', async () => {
    const { headers } = await person.get('/products', { 'x-request-id': 'x'.repeat(32) })
    expect(headers.get('x-request-id')).to.match(/^[0-9a-f]{32}$/)
  })

  it('huge query strings: searched as far as anyone types, and past 8 kB a page from nginx', async () => {
    expect((await person.get(`/products?q=${'x'.repeat(4000)}`)).status).to.equal(200)
    expectNginxPage(await person.get(`/products?q=${'x'.repeat(9000)}`), 414)
  })

  it('huge headers: a page from nginx', async () => {
    expectNginxPage(await person.get('/', { 'x-large': 'x'.repeat(9000) }), 431)
  })

  it('many headers: served as far as nginx takes them, and a page from nginx past that', async () => {
    const anybody = new Person()
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-${n}`, 'x'.repeat(990)]))
    expect((await anybody.get('/', many(14))).status).to.equal(200)
    for (const count of [18, 24, 30]) expectNginxPage(await anybody.get('/', many(count)), 431)
  })

  it('a Host of 7 kB, which goes upstream twice: served', async () => {
    const headers = Array.from({ length: 8 }, (_, n) => `x-${n}: ${'x'.repeat(990)}\r\n`).join('')
    const answer = await raw(`GET / HTTP/1.1\r\nHost: ${'x'.repeat(7000)}\r\nConnection: close\r\n${headers}\r\n`)
    expect(answer).to.match(/^HTTP\/1.1 200 /)
  })
})
