import { expect } from 'chai'
import { expectNginxPage, expectPage } from '../pages.js'
import { Person, problemsOn, product, signedIn, valuesOn } from '../person.js'
import { databases, replicaAddresses } from '../system.js'

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
    const { status, headers, $ } = await near.post('/products', product({ description: 'x'.repeat(66_000) }))
    expect([status, $('main code').text()]).to.deep.equal([413, headers.get('x-request-id')])
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

  it('script in every field of the registration: shown as text', async () => {
    const script = '<script>alert(1)</script>'
    const typed = { firstName: script, lastName: script, email: script, next: script }
    const answer = await new Person().post('/register', { ...typed, password: 'x' })
    expect(answer.html).not.to.contain('<script>alert')
    expect(valuesOn(answer, '/register')).to.include(typed)
    expect((await new Person().get(`/login?next=${encodeURIComponent(script)}`)).html).not.to.contain('<script>alert')
  })
})
