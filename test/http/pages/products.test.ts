import { expect } from 'chai'
import { searchTextOf } from '../../../app/products/search.js'
import { Person, problemsOn, product, registration, signedIn, unique, valuesOn } from '../../person.js'
import { databases, replicaAddresses } from '../../system.js'

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
    const typed = { name: 'x'.repeat(101), code: 'with space', description: '', units: '-1', category: 'x'.repeat(61) }
    const answer = await person.post('/products', typed)
    expect(answer.status).to.equal(422)
    expect(problemsOn(answer)).to.deep.equal({
      name: 'Shorten the name to 100 characters or fewer.',
      code: 'Use only unaccented letters, digits and . _ - in the code.',
      description: 'Enter the description.',
      units: 'Enter the units as a whole number, such as 250.',
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
    expect(problemsOn(answer)).to.deep.equal({ code: 'Another product has this code: The first' })
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
})

describe('the catalogue', () => {
  let person: Person
  const mark = unique()
  before(async () => {
    person = await signedIn()
    for (let each = 1; each <= 45; each++) {
      await person.post('/products', product({ name: `Número ${each}`, description: `mark ${mark}` }))
    }
  })

  const names = async (query: Record<string, string>) => {
    const { $ } = await person.get(`/products?${new URLSearchParams(query)}`)
    return $('tbody th a')
      .map((_, each) => $(each).text())
      .get()
  }

  it('lists 20 a page, the newest first', async () => {
    const first = await names({ q: mark })
    expect(first).to.have.length(20)
    expect(first[0]).to.equal('Número 45')
    expect(await names({ q: mark, page: '3' })).to.deep.equal([5, 4, 3, 2, 1].map((each) => `Número ${each}`))
  })

  it('tells how many there are, and links the pages with what was searched', async () => {
    const { $ } = await person.get(`/products?q=${mark}&page=2`)
    expect($('.count').text()).to.equal(`45 products with “${mark}”`)
    expect($('.pages').text()).to.contain('Page 2 of 3')
    expect($('a[rel=prev]').attr('href')).to.equal(`/products?q=${mark}`)
    expect($('a[rel=next]').attr('href')).to.equal(`/products?q=${mark}&page=3`)
  })

  for (const page of ['0', '-1', 'x', '1.5', '']) {
    it(`takes ${JSON.stringify(page)} for the first page`, async () => {
      expect((await names({ q: mark, page }))[0]).to.equal('Número 45')
    })
  }

  it('shows the last page where a later one is asked for, and says so', async () => {
    const { $ } = await person.get(`/products?q=${mark}&page=9999999`)
    expect($('tbody tr')).to.have.length(5)
    expect($('.notice').text()).to.equal('The list does not reach page 9,999,999. This is page 3.')
    expect((await person.get(`/products?q=${mark}&page=3`)).$('.notice')).to.have.length(0)
  })

  it('tells what was searched and which page in the title, in both languages', async () => {
    const titleOf = async (address: string) => (await person.get(address)).$('title').text()
    expect(await titleOf('/products')).to.equal('Products · Bodega')
    expect(await titleOf(`/products?q=${mark}`)).to.equal(`Products: ${mark} · Bodega`)
    expect(await titleOf(`/products?q=${mark}&page=2`)).to.equal(`Products: ${mark}, page 2 · Bodega`)
    const es = new Person(undefined, { 'accept-language': 'es' })
    es.setCookie('session', person.cookie('session') as string)
    const { $ } = await es.get(`/products?q=${mark}&page=2`)
    expect($('title').text()).to.equal(`Productos: ${mark}, página 2 · Bodega`)
  })

  it('leads to each product, and from there back to the list as it was', async () => {
    const list = `/products?q=${mark}&page=2`
    const link = (await person.get(list)).$('tbody th a').attr('href') as string
    const { $ } = await person.get(link)
    expect($('.back a').attr('href')).to.equal(list)
    const plain = await person.get(`${link.split('?')[0]}?q=&page=x&from=//example.org`)
    expect(plain.$('.back a').attr('href')).to.equal('/products')
  })

  it('counts no further than a page needs, and still leads to the last', async () => {
    const word = unique()
    const rows = Array.from({ length: 215 }, (_, each) => {
      const draft = product({ name: `${word} ${each + 1}` })
      return { ...draft, search_text: searchTextOf(draft), created_by: 1, created_at: new Date() }
    })
    await databases.products('products').insert(rows)
    const first = await person.get(`/products?q=${word}`)
    expect(first.$('.count').text()).to.equal(`More than 200 products with “${word}”`)
    expect(first.$('.pages span').text()).to.contain('Page 1').and.not.to.contain('of')
    const tenth = await person.get(`/products?q=${word}&page=10`)
    expect(tenth.$('a[rel=next]').attr('href')).to.equal(`/products?q=${word}&page=11`)
    const last = await person.get(`/products?q=${word}&page=11`)
    expect(last.$('.count').text()).to.equal(`215 products with “${word}”`)
    expect(last.$('.pages').text()).to.contain('Page 11 of 11')
    expect(last.$('a[rel=next]')).to.have.length(0)
    expect(await names({ q: word, page: '50' })).to.deep.equal(await names({ q: word, page: '11' }))
  })

  it('finds by part of the name, the code or the description, whatever the case and the accents', async () => {
    const [name, code, description] = [unique(), unique(), unique()]
    const draft = product({ name: `Lámpara ${name}`, code: `L-${code}`, description: `Luz cálida ${description}` })
    await person.post('/products', draft)
    for (const q of [name, `lampara ${name}`, code.toUpperCase(), `CALIDA ${description}`, `${description} ${code}`]) {
      expect(await names({ q }), q).to.deep.equal([draft.name])
    }
    expect(await names({ q: `${name} ${mark}` })).to.deep.equal([])
  })

  it('finds letters in any of their forms', async () => {
    const name = unique()
    await person.post('/products', product({ name: `${name} STRASSE ﬁn Ｔｙｐｅ Σίσυφος` }))
    for (const q of ['straße', 'FIN', 'type', 'σισυφοσ'])
      expect(await names({ q: `${name} ${q}` }), q).to.have.length(1)
  })

  it('takes % and _ and \\ for themselves', async () => {
    const name = unique()
    await person.post('/products', product({ name: `${name} 100% a_b c\\d` }))
    for (const q of ['100%', 'a_b', 'c\\d']) expect(await names({ q: `${name} ${q}` }), q).to.have.length(1)
    for (const q of ['1%%', 'a_%', '_']) expect(await names({ q: `${mark} ${q}` }), q).to.have.length(0)
  })

  it('tells one emoji from another, and finds text written from right to left', async () => {
    const name = unique()
    await person.post('/products', product({ name: `${name} 🍎 كابل` }))
    expect(await names({ q: `${name} 🍎` })).to.have.length(1)
    expect(await names({ q: `${name} كابل` })).to.have.length(1)
    expect(await names({ q: `${name} 🍌` })).to.have.length(0)
  })

  it('lets a person’s searches wait for each other, and asks to try again when very many do', async () => {
    const near = person.at(replicaAddresses()[0] as string)
    const answers = await Promise.all(Array.from({ length: 60 }, () => near.get(`/products?q=${mark}`)))
    const statuses = new Set(answers.map(({ status }) => status))
    expect([...statuses].sort()).to.deep.equal([200, 429])
    const refused = answers.find(({ status }) => status === 429)
    expect(Number(refused?.headers.get('retry-after'))).to.be.within(1, 60)
    expect((await near.get(`/products?q=${mark}`)).status).to.equal(200)
  })

  it('finds by eight words at most, of a hundred characters together', async () => {
    const { $ } = await person.get(`/products?q=${encodeURIComponent(Array(100).fill('x').join(' '))}`)
    expect($('input[name=q]').attr('value')).to.equal(Array(8).fill('x').join(' '))
  })

  it('says so when nothing matches, and leads back to everything', async () => {
    const q = unique()
    const { status, $ } = await person.get(`/products?q=${q}`)
    expect(status).to.equal(200)
    expect($('.empty h2').text()).to.equal(`No product matches “${q}”`)
    expect($('.empty a').attr('href')).to.equal('/products')
    expect($('input[name=q]').attr('value')).to.equal(q)
  })
})

describe('a product’s page', () => {
  for (const id of ['999999999', '0', '01', '-1', '1x', 'abc', '99999999999999999999']) {
    it(`does not exist for ${id}`, async () => {
      expect((await (await signedIn()).get(`/products/${id}`)).status).to.equal(404)
    })
  }
})

describe('strangers', () => {
  for (const path of ['/products', '/products/new', '/products/1']) {
    it(`are asked to sign in at ${path}`, async () => {
      const { status, location } = await new Person().get(path)
      expect([status, location]).to.deep.equal([303, `/login?next=${encodeURIComponent(path)}`])
    })
  }

  it('add no products', async () => {
    const draft = product()
    expect((await new Person().post('/products', draft)).status).to.equal(401)
    expect(await databases.products('products').where({ code: draft.code })).to.have.length(0)
  })
})
