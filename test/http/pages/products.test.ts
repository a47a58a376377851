import { expect } from 'chai'
import { searchTextOf } from '../../../app/products/search/text.js'
import { Person, product, signedIn, unique } from '../../person.js'
import { databases, replicaAddresses } from '../../system.js'

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
    expect($('.notice').text()).to.equal('Page 9,999,999 cannot be opened. This is page 3.')
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
    const row = `#p${/\d+/.exec(link)}`
    expect($('.back a').attr('href')).to.equal(list + row)
    const plain = await person.get(`${link.split('?')[0]}?q=&page=x&from=//example.org`)
    expect(plain.$('.back a').attr('href')).to.equal(`/products${row}`)
  })

  it('counts no further than a page needs, and still leads to the last', async () => {
    const word = unique()
    const rows = Array.from({ length: 115 }, (_, each) => {
      const draft = product({ name: `${word} ${each + 1}` })
      return { ...draft, search_text: searchTextOf(draft), created_by: 1, created_at: new Date() }
    })
    await databases.products('products').insert(rows)
    const first = await person.get(`/products?q=${word}`)
    expect(first.$('.count').text()).to.equal(`More than 100 products with “${word}”`)
    expect(first.$('.pages span').text()).to.contain('Page 1').and.not.to.contain('of')
    const fifth = await person.get(`/products?q=${word}&page=5`)
    expect(fifth.$('a[rel=next]').attr('href')).to.equal(`/products?q=${word}&page=6`)
    const last = await person.get(`/products?q=${word}&page=6`)
    expect(last.$('.count').text()).to.equal(`115 products with “${word}”`)
    expect(last.$('.pages').text()).to.contain('Page 6 of 6')
    expect(last.$('a[rel=next]')).to.have.length(0)
    expect(await names({ q: word, page: '50' })).to.deep.equal(await names({ q: word, page: '6' }))
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
