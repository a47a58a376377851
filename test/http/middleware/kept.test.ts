import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import Koa from 'koa'
import { keptPages } from '../../../app/http/middleware/kept.js'
import { locale } from '../../../app/http/middleware/locale.js'
import { pages } from '../../../app/http/middleware/pages.js'
import { type LoneReplica, startReplica } from '../../lone-replica.js'
import { Person, registration } from '../../person.js'

describe('a page that is kept for strangers', () => {
  let replica: LoneReplica
  before(async () => {
    replica = await startReplica({})
  })
  after(() => replica.stop())

  const stranger = (language = 'en') => new Person(replica.address, { 'accept-language': language })

  for (const path of ['/', '/login']) {
    it(`is the same each time, in each language: ${path}`, async () => {
      for (const language of ['es', 'en', 'es', 'en']) {
        const { status, headers, html, $ } = await stranger(language).get(path)
        expect([status, $('html').attr('lang')]).to.deep.equal([200, language])
        expect(html).to.equal((await stranger(language).get(path)).html)
        expect(headers.get('cache-control')).to.equal('no-cache')
        expect(headers.get('content-type')).to.equal('text/html; charset=utf-8')
        expect(headers.get('vary')).to.equal('Accept-Language, Cookie')
        expect(headers.getSetCookie()).to.deep.equal([])
      }
    })

    it(`is in the language that was chosen: ${path}`, async () => {
      const person = stranger('es')
      await person.get(path)
      await person.post('/language', { lang: 'en', next: path })
      expect((await person.get(path)).$('html').attr('lang')).to.equal('en')
    })

    it(`is counted as that address: ${path}`, async () => {
      const series = `bodega_http_requests_total{route="${path}",method="GET",status="200",replica="lonely"} `
      const counted = async () => {
        const metrics = await (await fetch(`${replica.address}/metrics`)).text()
        return Number(metrics.split(series)[1]?.split('\n')[0] ?? 0)
      }
      const before = await counted()
      for (let each = 0; each < 3; each++) await stranger().get(path)
      expect(await counted()).to.equal(before + 3)
    })
  }

  it('shows nothing of an address with a query, before or after', async () => {
    for (let each = 0; each < 2; each++) {
      expect((await stranger().get('/login')).$('input[name=next]').val()).to.equal('/login')
      const { $ } = await stranger().get('/login?next=%2Fproducts%3Fq%3Da')
      expect($('main input[name=next]').val()).to.equal('/products?q=a')
    }
  })

  it('is for nobody who has a session', async () => {
    const person = stranger()
    await person.post('/register', registration())
    for (const path of ['/', '/login']) {
      await stranger().get(path)
      const { status, location } = await person.get(path)
      expect([status, location], path).to.deep.equal([303, '/products'])
    }
  })

  it('is for who asks with GET alone', async () => {
    await stranger().get('/login')
    expect((await stranger().send('PUT', '/login')).status).to.equal(405)
    const { status, html } = await stranger().send('HEAD', '/login')
    expect([status, html]).to.deep.equal([200, ''])
  })
})

describe('what keeps pages', () => {
  let server: Server
  let made: number
  let make: Koa.Middleware

  beforeEach(async () => {
    made = 0
    make = (ctx) => {
      ctx.body = 'page'
    }
    const app = new Koa({ proxy: true })
    app.silent = true
    const render = async (_: string, __: string, { newKey }: Record<string, unknown>) => (newKey as () => string)()
    app
      .use(locale)
      .use(pages({ cached: true, render }, async () => ({ count: 0 }), true))
      .use(keptPages())
    app.use((ctx, next) => {
      made++
      return make(ctx, next)
    })
    server = createServer(app.callback()).listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterEach(() => server.close())

  async function ask(path: string, headers: Record<string, string> = {}) {
    const { port } = server.address() as AddressInfo
    await (await fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'accept-language': 'es', ...headers } })).text()
    return made
  }

  it('lets a page be made once in each language', async () => {
    expect([await ask('/login'), await ask('/login'), await ask('/login', { 'accept-language': 'en' })]).to.deep.equal([
      1, 1, 2,
    ])
    expect([await ask('/'), await ask('/'), await ask('/login')]).to.deep.equal([3, 3, 3])
  })

  it('keeps no other page', async () => {
    for (const path of ['/register', '/login?next=%2F', '/login/', '//login']) {
      const before = made
      expect((await ask(path)) - before, path).to.equal(1)
      expect((await ask(path)) - before, path).to.equal(2)
    }
  })

  it('keeps nothing from and for who has a session', async () => {
    for (const [cookie, proto] of [
      ['session=a', 'http'],
      ['__Host-session=a', 'https'],
    ] as const) {
      const before = made
      const headers = { cookie, 'x-forwarded-proto': proto }
      await ask('/login', headers)
      expect((await ask('/login', headers)) - before, cookie).to.equal(2)
    }
  })

  it('keeps no error, and no page with a key in it', async () => {
    const others: Koa.Middleware[] = [
      (ctx) => Object.assign(ctx, { status: 503, body: 'error' }),
      (ctx) => ctx.page('with a key'),
    ]
    for (const other of others) {
      make = other
      const before = made
      await ask('/login')
      expect((await ask('/login')) - before).to.equal(2)
    }
  })
})
