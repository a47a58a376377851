import { expect } from 'chai'
import { Person, problemsOn, product, registration, signedIn, unique, valuesOn } from '../../person.js'
import { databases } from '../../system.js'

describe('adding a product', () => {
  let person: Person
  before(async () => {
    person = await signedIn()
  })

  it('shows the product, and says that it was saved', async () => {
    const draft = product({ description: 'One line\r\nand another', units: '1234567' })
    const { status, location } = await person.submit(await person.get('/products/new'), '/products', draft)
    expect(status).to.equal(303)
    expect(location).to.match(/^\/products\/\d+\?added$/)
    const { $ } = await person.get(location as string)
    expect($('h1').text()).to.equal(draft.name)
    expect($('.facts code').text()).to.equal(draft.code)
    expect($('.facts .long').text()).to.equal('One line\nand another')
    expect($('.facts').text()).to.contain('1,234,567')
    expect($('[role=status]').text()).to.contain('The product was saved.')
  })

  it('keeps the category for the next one, when another is to be added', async () => {
    const draft = product({ category: `Category ${unique()}` })
    const { location } = await person.post('/products', { ...draft, after: 'another' })
    expect(location).to.match(/^\/products\/new\?added=\d+$/)
    const form = await person.get(location as string)
    expect(form.$('[role=status]').text()).to.contain(`“${draft.name}” was saved.`)
    expect(valuesOn(form, '/products')).to.include({ name: '', code: '', category: draft.category })
  })

  it('offers the categories in use', async () => {
    const category = `Category ${unique()}`
    await person.post('/products', product({ category }))
    const { $ } = await person.get('/products/new')
    expect($('input[name=category]').attr('list')).to.equal('categories')
    expect(
      $('#categories option')
        .map((_, each) => $(each).attr('value'))
        .get(),
    ).to.include(category)
  })

  it('tells everything wrong at once, beside its field, with what was typed', async () => {
    const typed = {
      name: 'x'.repeat(101),
      code: 'with space',
      description: 'x'.repeat(2001),
      units: '-1',
      category: 'x'.repeat(61),
    }
    const answer = await person.post('/products', typed)
    expect(answer.status).to.equal(422)
    expect(problemsOn(answer)).to.deep.equal({
      name: 'Shorten the name to 100 characters or fewer.',
      code: 'Use only unaccented letters, digits and . _ - in the code.',
      description: 'Shorten the description to 2000 characters or fewer.',
      units: 'Enter the units as a whole number, 0 or more, such as 250.',
      category: 'Shorten the category to 60 characters or fewer.',
    })
    expect(valuesOn(answer, '/products')).to.include(typed)
    for (const name of Object.keys(typed)) {
      expect(answer.$(`#form [name=${name}]`).attr('aria-describedby')).to.contain(`${name}-problem`)
      expect(answer.$(`label[for=${name}]`)).to.have.length(1)
    }
  })

  const taken = {
    '0': 0,
    '2000000000': 2_000_000_000,
    ' 7 ': 7,
    '1,000': 1000,
    '1.000': 1000,
    '12 345 678': 12_345_678,
  }
  for (const [units, number] of Object.entries(taken)) {
    it(`takes ${JSON.stringify(units)} units for ${number}`, async () => {
      const draft = product({ units })
      expect((await person.post('/products', draft)).status).to.equal(303)
      const row = await databases.products('products').where({ code: draft.code }).first()
      expect(row.units).to.equal(number)
    })
  }

  it('says in words how many units are the most', async () => {
    const answer = await person.post('/products', product({ units: '2.000.000.001' }))
    expect(problemsOn(answer)).to.deep.equal({ units: 'Reduce the units to 2 billion or fewer.' })
  })

  for (const units of ['2000000001', '1.5', '1,00', '1,000.000', '1e3', '-0', '٣', 'NaN', '99999999999999999999', '']) {
    it(`refuses ${JSON.stringify(units)} units`, async () => {
      const answer = await person.post('/products', product({ units }))
      expect(answer.status).to.equal(422)
      expect(Object.keys(problemsOn(answer))).to.deep.equal(['units'])
    })
  }

  it('refuses a name or a category of which nothing can be seen', async () => {
    const answer = await person.post('/products', product({ name: '\u200b\u3164', category: '\u200b' }))
    expect(Object.keys(problemsOn(answer))).to.deep.equal(['name', 'category'])
  })

  it('needs no description', async () => {
    const { status, location } = await person.post('/products', product({ description: '' }))
    expect(status).to.equal(303)
    expect((await person.get(location as string)).$('.facts').text()).not.to.contain('Description')
  })

  it('takes the longest of everything', async () => {
    const draft = product({
      name: '🍎'.repeat(100),
      code: `${unique()}${'-'.repeat(52)}`,
      description: 'ñ'.repeat(2000),
      category: '🍏'.repeat(60),
    })
    const { status, location } = await person.post('/products', draft)
    expect(status).to.equal(303)
    const { $ } = await person.get(location as string)
    expect([$('h1').text(), $('.facts .long').text()]).to.deep.equal([draft.name, draft.description])
  })

  it('refuses a code that another product has, whatever its case, with a link to that product', async () => {
    const code = `Code-${unique()}`
    const { location } = await person.post('/products', product({ code, name: 'The first' }))
    const answer = await person.post('/products', product({ code: code.toUpperCase(), name: 'The second' }))
    expect(answer.status).to.equal(409)
    expect(problemsOn(answer)).to.deep.equal({ code: 'Another product has this code: The first Add stock to it' })
    expect(answer.$('#code-problem a').attr('href')).to.equal(location?.replace('?added', ''))
    expect(valuesOn(answer, '/products')).to.include({ name: 'The second', code: code.toUpperCase() })
  })

  it('makes one product when the form is sent twice, and answers the same', async () => {
    const form = await person.get('/products/new')
    const draft = product()
    const answers = await Promise.all([1, 2].map(() => person.submit(form, '/products', draft)))
    answers.push(await person.submit(form, '/products', draft))
    expect(new Set(answers.map(({ status, location }) => `${status} ${location}`))).to.have.property('size', 1)
    expect(answers[0]?.status).to.equal(303)
    expect(await databases.products('products').where({ code: draft.code })).to.have.length(1)
  })

  it('does not take a form that was sent before with other contents for the same, and loses neither', async () => {
    const form = await person.get('/products/new')
    const [first, second] = [product(), product()]
    await person.submit(form, '/products', first)
    const answer = await person.submit(form, '/products', second)
    expect(answer.status).to.equal(422)
    expect(answer.$('[role=alert]').text()).to.contain('already sent with different contents')
    expect(valuesOn(answer, '/products')).to.include(second)
    const { status } = await person.submit(answer, '/products', {})
    expect(status).to.equal(303)
    const codes = [first.code, second.code]
    expect(await databases.products('products').whereIn('code', codes)).to.have.length(2)
  })

  it('keeps what was typed when the session has ended, and saves it once after signing in', async () => {
    const account = registration()
    const owner = new Person()
    await owner.post('/register', account)
    const form = await owner.get('/products/new')
    const other = owner.at(owner.address)
    await other.submit(form, '/logout', {})

    const draft = product({ description: 'Typed for\nan hour & "more" <b>' })
    const refused = await owner.submit(form, '/products', draft)
    expect(refused.status).to.equal(401)
    expect(refused.$('[role=status]').text()).to.contain('what you typed is not lost')
    const resumed = await owner.submit(refused, '/login', account)
    expect(resumed.status).to.equal(200)
    expect(resumed.$('header bdi').text()).to.equal(account.firstName)
    expect(resumed.$('[role=status]').text()).to.contain('not been saved yet')
    expect(valuesOn(resumed, '/products')).to.include({
      ...draft,
      description: draft.description.replace('\n', '\r\n'),
    })
    const saved = await Promise.all([1, 2].map(() => owner.submit(resumed, '/products', {})))
    expect(saved.map(({ status }) => status)).to.deep.equal([303, 303])
    expect(await databases.products('products').where({ code: draft.code }).pluck('description')).to.deep.equal([
      draft.description,
    ])
  })

  it('says so when the session has ended and what was typed is too long to be kept', async () => {
    const answer = await new Person().post('/products', product({ description: '🍎'.repeat(4_000) }))
    expect(answer.status).to.equal(401)
    expect(answer.$('[role=status]').text()).to.contain('too long to be kept')
    expect(answer.$('[name=draft]')).to.have.length(0)
    expect((await new Person().submit(answer, '/login', { email: 'x', password: 'x' })).status).to.equal(401)
  })

  it('shows script in every field as text', async () => {
    const script = '<script>alert(1)</script>"\'><img src=x onerror=alert(1)>'
    const draft = product({ name: script, description: script, category: script.slice(0, 60) })
    const { location } = await person.post('/products', draft)
    for (const path of [
      location as string,
      '/products',
      `/products?q=${encodeURIComponent(script)}`,
      '/products/new',
    ]) {
      const { $, html } = await person.get(path)
      expect(html).not.to.contain('<script>alert').and.not.to.contain('<img src=x')
      expect($('script')).to.have.length(1)
    }
    const invalid = await person.post('/products', { ...draft, code: script, units: script })
    expect(invalid.html).not.to.contain('<script>alert').and.not.to.contain('<img src=x')
    expect(valuesOn(invalid, '/products')).to.include({ ...draft, code: script, units: script })
  })

  it('begins with another product’s fields where that is duplicated, but for its code and its units', async () => {
    const { code, units, ...draft } = product({ name: 'Cable & more', category: 'Wires' })
    const { location } = await person.post('/products', { ...draft, code, units })
    const id = /\d+/.exec(location as string)?.[0]
    const href = `/products/new?copy=${id}`
    expect((await person.get(`/products/${id}`)).$(`a[href="${href}"]`)).to.have.length(1)
    const form = await person.get(href)
    expect(form.$('[role=status]').text()).to.contain('Copied from “Cable & more”')
    expect(valuesOn(form, '/products')).to.include({ ...draft, code: '', units: '' })
    expect((await person.submit(form, '/products', { code: unique(), units: '1' })).status).to.equal(303)
    expect(valuesOn(await person.get('/products/new?copy=x'), '/products')).to.include({ name: '' })
  })
})
