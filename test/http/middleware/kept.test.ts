import { expect } from 'chai'
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

    it(`is counted as that address: ${path}`, async () => {
      const counted = async () => {
        const metrics = await (await fetch(`${replica.address}/metrics`)).text()
        const series = `bodega_http_requests_total{route="${path}",method="GET",status="200",replica="lonely"}`
        return Number(
          metrics
            .split('\n')
            .find((line) => line.startsWith(series))
            ?.split(' ')[1] ?? 0,
        )
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
