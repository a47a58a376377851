import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import { load } from 'cheerio'
import { type Answer, Person, problemsOn, product, signedIn, valuesOn } from '../person.js'
import { databases, replicaAddresses, stack } from '../system.js'

describe('bad input', () => {
  let person: Person
  before(async () => {
    person = await signedIn()
  })

  it('a body over 64 KB: 413 from nginx, in its own page', async () => {
    const answer = await person.post('/products', product({ description: 'x'.repeat(66_000) }))
    expectNginxPage(answer, 413)
    expect(answer.html).to.contain('64 KB')
  })

  it('a body over 64 KB: 413 from a replica too', async () => {
    const near = person.at(replicaAddresses()[0] as string)
    const answer = await near.post('/products', product({ description: 'x'.repeat(66_000) }))
    expectPage(answer, 413)
  })

  it('a body just below: told beside the field', async () => {
    const answer = await person.post('/products', product({ description: 'x'.repeat(65_000) }))
    expect(Object.keys(problemsOn(answer))).to.deep.equal(['description'])
  })

  for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x', 'nonsense']) {
    it(`a body of type ${type}: 415`, async () => {
      const answer = await person.send('POST', '/products', { body: '{}', headers: { 'content-type': type } })
      expectPage(answer, 415)
    })
  }

  it('a form with no fields: every field is told', async () => {
    const answer = await person.send('POST', '/products')
    expect(answer.status).to.equal(422)
    expect(Object.keys(problemsOn(answer))).to.have.length(5)
  })

  it('a compressed body that is not: 400', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' }
    const answer = await person.send('POST', '/products', { body: 'name=x', headers })
    expectPage(answer, 400)
    expect(answer.$('h1').text()).to.equal('What you sent could not be accepted')
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
    ['POST', '/products/1'],
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

  for (const field of ['name', 'code', 'description', 'category']) {
    it(`a NUL in ${field}: told beside the field`, async () => {
      const answer = await person.post('/products', product({ [field]: 'a\0b' }))
      expect(answer.status).to.equal(422)
      expect(Object.keys(problemsOn(answer))).to.deep.equal([field])
    })
  }

  it('4-byte emoji and right-to-left text: stored and shown faithfully', async () => {
    const draft = product({ name: '🧵 خيط‏ «👩🏽‍🔧»', description: 'سطر\n\u202Eabc\u202C 🇪🇨', category: 'أدوات' })
    const { location } = await person.post('/products', draft)
    const { $ } = await person.get(location as string)
    expect($('h1').text()).to.equal(draft.name)
    expect($('.facts .long').text()).to.equal(draft.description)
    const row = await databases.products('products').where({ code: draft.code }).first()
    expect(row).to.include({ name: draft.name, description: draft.description, category: draft.category })
  })

  it('repeated fields: told beside the field', async () => {
    const body = new URLSearchParams([...Object.entries(product()), ['name', 'Another']])
    const answer = await person.send('POST', '/products', { body })
    expect(answer.status).to.equal(422)
    expect(problemsOn(answer).name).to.contain('more than once')
  })

  it('fields with brackets and dots: told beside the field', async () => {
    const { name, units, ...rest } = product()
    const answer = await person.post('/products', { ...rest, 'name[first]': name, 'units.value': units })
    expect(answer.status).to.equal(422)
    expect(Object.keys(problemsOn(answer))).to.have.members(['name', 'units'])
  })

  it('__proto__ and unknown fields: dropped', async () => {
    const draft = product()
    const more = {
      __proto__: 'x',
      '__proto__[units]': '9',
      'constructor[prototype][units]': '9',
      id: '1',
      created_by: '1',
    }
    const body = new URLSearchParams([...Object.entries(draft), ['__proto__', 'x'], ...Object.entries(more)])
    const { status } = await person.send('POST', '/products', { body })
    expect(status).to.equal(303)
    const row = await databases.products('products').where({ code: draft.code }).first()
    expect(row.units).to.equal(5)
    expect(row.id).not.to.equal(1)
    expect(({} as { units?: string }).units).to.equal(undefined)
  })

  it('fields named like options of the template engine: shown as what they are', async () => {
    const options = { escape: 'x', delimiter: '?', client: '1', cache: 'false', settings: 'x', filename: '/etc/passwd' }
    const answer = await person.post('/products', { ...product({ units: 'x' }), ...options })
    expect(answer.status).to.equal(422)
    expect((await person.get('/products/new?delimiter=%3F&escape=x&settings[views]=/')).status).to.equal(200)
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

  describe('another site’s form', () => {
    const cases: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'http://forged.example' },
      { origin: 'null' },
    ]
    for (const headers of cases) {
      it(`with ${JSON.stringify(headers)}: 403, and nothing is done`, async () => {
        const draft = product()
        expectPage(await person.post('/products', draft, headers), 403)
        expectPage(await person.post('/logout', {}, headers), 403)
        expect(await databases.products('products').where({ code: draft.code })).to.have.length(0)
        expect((await person.get('/products')).status).to.equal(200)
      })
    }

    it('is told from this site’s', async () => {
      const own = [{ 'sec-fetch-site': 'same-origin' }, { origin: stack.url }]
      for (const headers of own) {
        const near = person.at(stack.url)
        expect((await near.post('/products', product(), headers)).status).to.equal(303)
      }
    })
  })

  it('script in every field of the registration: shown as text', async () => {
    const script = '<script>alert(1)</script>'
    const typed = { firstName: script, lastName: script, email: script, next: script }
    const answer = await new Person().post('/register', { ...typed, password: 'x' })
    expect(answer.html).not.to.contain('<script>alert')
    expect(valuesOn(answer, '/register')).to.include(typed)
    expect((await new Person().get(`/login?next=${encodeURIComponent(script)}`)).html).not.to.contain('<script>alert')
  })
})

/** A page in the product's look, from a replica, with the id to ask about. */
function expectPage(answer: Answer, status: number) {
  expect(answer.status).to.equal(status)
  expect(answer.servedBy).to.match(/^app\d$/)
  expect(answer.$('h1').text()).not.to.equal('')
  expect(answer.$('main code').text()).to.equal(answer.headers.get('x-request-id'))
  expect(answer.headers.get('content-security-policy')).to.contain("default-src 'self'")
}

/** A self-contained page in both languages, from nginx itself. */
function expectNginxPage({ status, servedBy, headers, $, html }: Answer, expected: number) {
  expect([status, servedBy]).to.deep.equal([expected, 'nginx'])
  expect(
    $('section')
      .map((_, each) => $(each).attr('lang'))
      .get(),
  ).to.deep.equal(['es', 'en'])
  const id = headers.get('x-request-id')
  expect(
    $('code')
      .map((_, each) => $(each).text())
      .get(),
  ).to.deep.equal([id, id])
  expect($('link, script, img')).to.have.length(0)
  expect(html).to.contain('<style>')
  expect(headers.get('content-security-policy')).to.contain("style-src 'sha256-")
  expect(headers.get('x-content-type-options')).to.equal('nosniff')
}

/** Sends bytes as they are, which fetch would not. */
async function raw(request: string | Buffer): Promise<string> {
  const socket = connect(Number(new URL(stack.url).port), '127.0.0.1')
  await once(socket, 'connect')
  socket.write(request)
  return text(socket)
}

/** An answer that came as bytes. */
function parsed(answer: string): Answer {
  const end = answer.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = answer.slice(0, end).split('\r\n')
  const headers = new Headers(lines.map((line) => line.split(/: (.*)/).slice(0, 2) as [string, string]))
  const html = answer.slice(end)
  const [location, servedBy] = [headers.get('location'), headers.get('x-served-by')]
  return { status: Number(statusLine.split(' ')[1]), headers, location, servedBy, html, $: load(html) }
}
