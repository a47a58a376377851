import { expect } from 'chai'
import type { Connection } from '../../../app/database/connection.js'
import { findBeside } from '../../../app/products/list/store.js'
import { parseCatalogueQuery } from '../../../app/products/product.js'
import { searchTextOf } from '../../../app/products/search/text.js'
import { type Answer, Person, product, signedIn, unique } from '../../person.js'
import { databases, withStore } from '../../system.js'

describe('the pages of the product list', () => {
  let person: Person
  /** The numbers of all products, the newest first. */
  let all: number[]
  let pages: number
  before(async () => {
    person = await signedIn()
    await add(65)
  })
  beforeEach(async () => {
    await add(25 - ((await idsOfAll()).length % 20)) // so that the last page has five
    all = await idsOfAll()
    pages = Math.ceil(all.length / 20)
  })

  const idsOfAll = () => databases.products('products').where({ archived: 0 }).orderBy('id', 'desc').pluck('id')
  const add = (number: number) =>
    databases
      .products('products')
      .insert(Array.from({ length: number }, () => ({ ...product(), created_by: 1, created_at: new Date() })))

  it('show every product once, to the end and back', async () => {
    const there = await leaf('/products', 'next')
    expect(there.flatMap(idsOn)).to.deep.equal(all)
    expect(there.map(labelOn)).to.deep.equal(there.map((_, each) => `Page ${each + 1} of ${pages}`))
    const back = (await leaf(lastOn(there[0] as Answer), 'prev')).reverse()
    expect(back.map(idsOn)).to.deep.equal(there.map(idsOn))
    expect(back.map(labelOn)).to.deep.equal(there.map(labelOn))
  })

  it('neither repeat nor skip a product while others are added', async () => {
    const there = await leaf('/products', 'next', () => add(5))
    expect(there.flatMap(idsOn)).to.deep.equal(all)
    expect(labelOn(there.at(-1) as Answer)).to.match(/^Page (\d+) of \1$/)

    const [newest, ...later] = (await leaf(lastOn(there[0] as Answer), 'prev', () => add(3))).reverse()
    expect(idsOn(newest as Answer)).to.have.length(20)
    const seen = later.flatMap(idsOn)
    const now = await idsOfAll()
    expect(seen).to.deep.equal(now.slice(-seen.length))
    expect([...new Set([...idsOn(newest as Answer), ...seen])]).to.deep.equal(now)
    for (const answer of later) expect(labelOn(answer)).not.to.match(/^Page 1 /)
    for (const { $ } of [...there, ...later]) expect($('.notice')).to.have.length(0)
  })

  it('are the same by their number alone', async () => {
    const byKey = await leaf('/products', 'next')
    const byNumber = await Promise.all(byKey.map((_, each) => person.get(`/products?page=${each + 1}`)))
    expect(byNumber.map(idsOn)).to.deep.equal(byKey.map(idsOn))
    expect(byNumber.map(labelOn)).to.deep.equal(byKey.map(labelOn))
    expect(byNumber.map(linksOn)).to.deep.equal(byKey.map(linksOn))
  })

  it('lead to the first and the last, and beyond neither', async () => {
    const first = await person.get('/products')
    expect(linksOn(first)).to.deep.equal(['Older →', 'Last »'])
    const last = await person.get(lastOn(first))
    expect(idsOn(last)).to.deep.equal(all.slice(20 * (pages - 1)))
    expect(linksOn(last)).to.deep.equal(['« First', '← Newer'])
    expect(last.$('a[rel=first]').attr('href')).to.equal('/products')
    const second = await person.get(`/products?page=2&before=${all[19]}`)
    expect(linksOn(second)).to.deep.equal(['« First', '← Newer', 'Older →', 'Last »'])
    const es = new Person(undefined, { 'accept-language': 'es' })
    es.setCookie('session', person.cookie('session') as string)
    const both = ['« Primera', '← Más recientes', 'Más antiguos →', 'Última »']
    expect(linksOn(await es.get(`/products?page=2&before=${all[19]}`))).to.deep.equal(both)
  })

  for (const [what, index] of Object.entries({ 'too few': 10, no: 0 })) {
    it(`are the first where ${what} newer ones are left`, async () => {
      const answer = await person.get(`/products?page=2&after=${all[index]}`)
      expect(idsOn(answer)).to.deep.equal(all.slice(0, 20))
      expect(labelOn(answer)).to.equal(`Page 1 of ${pages}`)
      expect(linksOn(answer)).to.deep.equal(['Older →', 'Last »'])
      expect(answer.$('.notice')).to.have.length(0)
    })
  }

  it('end with the last one, and say so', async () => {
    for (const query of [`page=9999999&before=${all.at(-1)}`, 'page=9999999&before=0', 'page=9999999']) {
      const answer = await person.get(`/products?${query}`)
      expect(idsOn(answer), query).to.deep.equal(all.slice(20 * (pages - 1)))
      expect(labelOn(answer), query).to.equal(`Page ${pages} of ${pages}`)
      expect(answer.$('.notice').text(), query).to.match(/^Page 9,999,999 cannot be opened\. This is page \d+\.$/)
    }
  })

  it('have a number that fits what they show, whatever the address says', async () => {
    const labelAt = async (query: string) => labelOn(await person.get(`/products?${query}`))
    expect(await labelAt(`page=9999&before=${all[19]}`)).to.equal(`Page ${pages - 1} of ${pages}`)
    expect(await labelAt(`before=${all[19]}`)).to.equal(`Page 2 of ${pages}`)
    expect(await labelAt(`page=2&before=${all[20 * (pages - 1) - 1]}`)).to.equal(`Page ${pages} of ${pages}`)
    expect(await labelAt(`page=3&before=${(all[0] as number) + 1}`)).to.equal(`Page 1 of ${pages}`)
  })

  it('have newer and older ones beside them, however few the number of products tells of', async () => {
    const state = databases.products('catalogue_state').where({ slot: 16 })
    await state.clone().decrement('products', all.length - 25)
    const between = await person.get(`/products?after=${all[40]}`).finally(() => {
      return state.clone().increment('products', all.length - 25)
    })
    expect(idsOn(between)).to.deep.equal(all.slice(20, 40))
    expect(labelOn(between)).to.equal('Page 2 of 3')
    expect(linksOn(between)).to.have.length(4)
  })

  it('go on beyond the last that a number alone leads to', async () => {
    const category = unique()
    await databases.products.raw(
      `INSERT INTO products (name, code, description, units, category, search_text, created_by, created_at)
       SELECT 'Cable', CONCAT_WS('-', a.id, b.id, c.id), 'Two metres', 1, ?, '\\n', 1, UTC_TIMESTAMP(3)
       FROM products AS a, products AS b, products AS c LIMIT 41000`,
      [category],
    )
    const last = 41_000 / 20 + pages
    const shownAs = (page: number) => page.toLocaleString('en')
    try {
      for (const [asked, shown] of [
        [1_002, 1_001],
        [last - 1_002, last - 1_000],
      ] as const) {
        const reached = await person.get(`/products?page=${asked}`)
        const notice = `Page ${shownAs(asked)} cannot be opened. This is page ${shownAs(shown)}.`
        expect(reached.$('.notice').text()).to.equal(notice)
        expect(labelOn(reached)).to.equal(`Page ${shownAs(shown)} of ${shownAs(last)}`)
        const next = await person.get(reached.$('a[rel=next]').attr('href') as string)
        expect(idsOn(next)[0]).to.be.below(idsOn(reached).at(-1) as number)
      }
      const end = await person.get('/products?page=6000')
      expect(labelOn(end)).to.equal(`Page ${shownAs(last)} of ${shownAs(last)}`)
      expect(idsOn(end)).to.deep.equal(all.slice(20 * (pages - 1)))
    } finally {
      await databases.products('products').where({ category }).delete()
    }
  })

  it('of a search end where another word finds more', async () => {
    const category = unique()
    await databases.products.raw(
      `INSERT INTO products (name, code, description, units, category, search_text, created_by, created_at)
       SELECT 'Cable', CONCAT_WS('-', a.id, b.id), 'Two metres', 1, ?, ?, 1, UTC_TIMESTAMP(3)
       FROM products AS a, products AS b LIMIT 1100`,
      [category, searchTextOf({ name: 'Cable', code: '', description: '', category })],
    )
    const shown = async (page: number) => await person.get(`/products?q=${category}&page=${page}`)
    try {
      const [last, tooFar, between] = [await shown(50), await shown(51), await shown(6)]
      expect(last.$('tbody tr')).to.have.length(20)
      expect(labelOn(last)).to.equal('Page 50')
      expect(last.$('a[rel=next], a[rel=last]')).to.have.length(0)
      expect(tooFar.$('.notice').text()).to.equal('Page 51 cannot be opened. This is page 50.')
      expect(tooFar.$('tbody').text()).to.equal(last.$('tbody').text())
      expect(between.$('a[rel=next]').attr('href')).to.equal(`/products?q=${category}&page=7`)
    } finally {
      await databases.products('products').where({ category }).delete()
    }
  })

  it('cost the same at any depth', async () => {
    const [top, deep] = [all[1], all.at(-22)] as [number, number]
    const newest = { index: 'products_archived', conditions: [{ sql: 'archived = 0', values: [] }] }
    const listing = { ...newest, sort: undefined, descending: true }
    await withStore('products', async (connection) => {
      const rowsRead = async (side: 'before' | 'after', id: number) => {
        const find = () => findBeside(connection, listing, { side, place: { id }, most: 20 })
        await find()
        const before = await handlerReads(connection)
        expect((await find())?.products).to.have.length(20)
        return (await handlerReads(connection)) - before
      }
      expect(await rowsRead('after', deep)).to.equal(await rowsRead('after', top))
      expect(await rowsRead('before', deep)).to.equal(await rowsRead('before', all[21] as number))
    })
  })

  for (const key of ['', 'x', '-1', '1.5', '1e1', ' 1', '1\0', '9'.repeat(20)]) {
    it(`take ${JSON.stringify(key)} for no key`, async () => {
      const query = new URLSearchParams({ page: '2', before: key, after: key })
      expect(idsOn(await person.get(`/products?${query}`))).to.deep.equal(all.slice(20, 40))
    })
  }

  it('take a key that comes twice for none', () => {
    expect(parseCatalogueQuery({ page: '2', before: ['1', '2'], after: ['1'] })).to.deep.include({ page: 2 })
    expect(parseCatalogueQuery({ before: ['1', '2'] })).to.have.property('before', undefined)
  })

  it('are come back to from a product, though others were added meanwhile', async () => {
    const [key, end] = [all[19], all[20 * (pages - 1) - 1]]
    for (const list of [`/products?page=2&before=${key}`, `/products?page=${pages - 1}&after=${end && end - 1}`]) {
      const shown = await person.get(list)
      const there = await person.get(shown.$('tbody th a').attr('href') as string)
      const [back, row] = `${there.$('.back a').attr('href')}`.split('#') as [string, string]
      expect(back).to.equal(list)
      expect(shown.$(`tbody tr#${row} a`).text()).to.equal(there.$('h1').text())
      await add(1)
      expect(idsOn(await person.get(back))).to.deep.equal(idsOn(shown))
    }
  })

  /** The pages from an address on, as far as the links lead; `between` is done before each click. */
  async function leaf(from: string, rel: 'next' | 'prev', between?: () => Promise<unknown>): Promise<Answer[]> {
    const answers: Answer[] = []
    for (let address: string | undefined = from; address; ) {
      const answer = await person.get(address)
      answers.push(answer)
      address = answer.$(`a[rel=${rel}]`).attr('href')
      if (address) await between?.()
    }
    return answers
  }
})

function idsOn({ $ }: Answer): number[] {
  const hrefs = $('tbody th a').map((_, each) => $(each).attr('href'))
  return hrefs.get().map((href) => Number(/\d+/.exec(href)))
}

const labelOn = ({ $ }: Answer) => $('.pages > span').text()
const lastOn = ({ $ }: Answer) => $('a[rel=last]').attr('href') as string

function linksOn({ $ }: Answer): string[] {
  const links = $('.pages a').map((_, each) => $(each).text())
  return links.get()
}

/** How many rows a connection's statements have read. */
async function handlerReads(connection: Connection): Promise<number> {
  const rows = await connection.rows<{ Value: string }>("SHOW SESSION STATUS LIKE 'Handler\\_read%'")
  return rows.reduce((sum, { Value }) => sum + Number(Value), 0)
}
