import { expect } from 'chai'
import { Person, signedIn } from '../../person.js'
import { stack } from '../../system.js'

describe('the welcome page', () => {
  it('welcomes strangers', async () => {
    const { status, $ } = await new Person().get('/')
    expect(status).to.equal(200)
    expect($('h1').text()).to.equal('Your organisation’s products, always at hand')
    expect($('main a[href="/register"]')).to.have.length(1)
  })

  it('sends signed-in people to the products', async () => {
    const { status, location } = await (await signedIn()).get('/')
    expect([status, location]).to.deep.equal([303, '/products'])
  })

  it('holds nothing of one person, so that a cache may keep it', async () => {
    const { headers, html } = await new Person().get('/')
    expect(headers.getSetCookie()).to.deep.equal([])
    expect(html).not.to.contain(headers.get('x-request-id'))
    expect(html).not.to.contain('idempotencyKey')
  })

  it('describes itself to search engines, and gives phones a colour and an icon', async () => {
    const { $ } = await new Person().get('/')
    expect($('meta[name=description]').attr('content')).to.match(/^Your organisation’s product catalogue/)
    expect($('meta[name=theme-color]')).to.have.length(2)
    const icon = await fetch(stack.url + $('link[rel=apple-touch-icon]').attr('href'))
    expect([icon.status, icon.headers.get('content-type')]).to.deep.equal([200, 'image/png'])
  })

  it('tells which replica served it, on the page and in a header', async () => {
    const { servedBy, $ } = await new Person().get('/')
    expect(servedBy).to.match(/^app[123]$/)
    expect($('footer').text()).to.contain(`Served by ${servedBy}`)
  })
})

describe('the language', () => {
  const languageOf = async (person: Person) => (await person.get('/')).$('html').attr('lang')

  it('is what the browser prefers of the two', async () => {
    expect(await languageOf(new Person(undefined, { 'accept-language': 'fr, en;q=0.8, es;q=0.5' }))).to.equal('en')
    expect(await languageOf(new Person(undefined, { 'accept-language': 'en;q=0.5, es-EC;q=0.9' }))).to.equal('es')
  })

  it('is Spanish where neither is asked for', async () => {
    expect(await languageOf(new Person(undefined, { 'accept-language': 'fr' }))).to.equal('es')
    expect(await languageOf(new Person(undefined, { 'accept-language': '' }))).to.equal('es')
  })

  it('is switched on the page, remembered, and the page shown again', async () => {
    const person = new Person(undefined, { 'accept-language': 'es' })
    const register = await person.get('/register?next=%2Fproducts%3Fq%3Da')
    const switched = await person.submit(register, '/language', { lang: 'en' })
    expect([switched.status, switched.location]).to.deep.equal([303, '/register?next=%2Fproducts%3Fq%3Da'])
    expect(await languageOf(person)).to.equal('en')
  })

  it('ignores a language that there is not, and sends nobody to another site', async () => {
    const person = new Person()
    const { location } = await person.post('/language', { lang: 'xx', next: '//example.org' })
    expect(location).to.equal('/products')
    expect(person.cookie('lang')).to.equal(undefined)
  })
})
