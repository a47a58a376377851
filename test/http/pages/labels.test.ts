import { expect } from 'chai'
import { mostLabels } from '../../../app/products/labels/labels.js'
import { sheets } from '../../../app/products/labels/sheets.js'
import { expectPage } from '../../pages.js'
import { type Answer, Person, product, signedIn, unique } from '../../person.js'
import { databases } from '../../system.js'

describe('the labels', () => {
  let ana: Person
  before(async () => {
    ana = await signedIn()
  })

  const add = async (fields: Record<string, string> = {}) => {
    const { location } = await ana.post('/products', product(fields))
    return Number(location?.match(/\d+/)?.[0])
  }
  const codesOn = ({ $ }: Answer) =>
    $('.label .code')
      .map((_, each) => $(each).text())
      .get()
  const symbolsOn = ({ $ }: Answer) => [$('.label .bars').length, $('.label .qr').length]

  it('are of the products that the address names, in its order, each once', async () => {
    const codes = [`B-${unique()}`, `A-${unique()}`]
    const ids = [
      await add({ code: codes[0] as string, name: '<b>Bold & "quoted"' }),
      await add({ code: codes[1] as string }),
    ]
    const page = await ana.get(`/labels?id=${ids[0]}&id=${ids[1]}&id=${ids[0]}&id=x&id=999999999`)
    expect(page.status).to.equal(200)
    expect(codesOn(page)).to.deep.equal(codes)
    expect(page.$('.label .name').first().text()).to.equal('<b>Bold & "quoted"')
    expect(symbolsOn(page)).to.deep.equal([2, 2])
  })

  it('are of what the list shows, and go on with its query', async () => {
    const mark = unique()
    for (const name of ['One', 'Two']) await add({ name: `${name} ${mark}` })
    await add()
    const list = await ana.get(`/products?q=${mark}`)
    const page = await ana.get(list.$('a[href^="/labels"]').attr('href') as string)
    expect(page.$('.label .name').text()).to.equal(`Two ${mark}One ${mark}`)
    expect(page.$('input[name=q]').val()).to.equal(mark)
    expect((await ana.get('/labels?q=nosuchthinganywhere')).$('main').text()).to.contain('No labels to print')
  })

  it('are for people who are signed in', async () => {
    const { status, location } = await new Person().get('/labels?id=1')
    expect([status, location]).to.deep.equal([303, '/login?next=%2Flabels%3Fid%3D1'])
  })

  it('are reached from a product', async () => {
    const id = await add()
    expect((await ana.get(`/products/${id}`)).$(`a[href="/labels?id=${id}"]`)).to.have.length(1)
  })

  it('have the bars, the square or both; too long a code has the square instead of bars', async () => {
    const id = await add({ code: `C-${unique()}` })
    const long = await add({ code: 'x'.repeat(52) + unique() })
    expect(symbolsOn(await ana.get(`/labels?id=${id}&symbol=code128`))).to.deep.equal([1, 0])
    expect(symbolsOn(await ana.get(`/labels?id=${id}&symbol=qr`))).to.deep.equal([0, 1])
    for (const sheet of Object.keys(sheets)) {
      const page = await ana.get(`/labels?id=${long}&symbol=code128&sheet=${sheet}`)
      expect(symbolsOn(page), sheet).to.deep.equal([0, 1])
    }
  })

  it('come in copies, from the first free place of a sheet on', async () => {
    const id = await add()
    for (const [sheet, { columns, rows }] of Object.entries(sheets)) {
      const size = columns * rows
      const page = await ana.get(`/labels?id=${id}&sheet=${sheet}&copies=${size}&first=2`)
      const places = page.$('.sheet').map((_, each) => page.$(each).children('div').length)
      expect(codesOn(page), sheet).to.have.length(size)
      expect(places.get(), sheet).to.deep.equal(size === 1 ? [1] : [size, 1])
      expect(page.$('.sheet > div').first().text().trim() === '', sheet).to.equal(size > 1)
    }
  })

  it('take what they cannot understand for not asked', async () => {
    const id = await add()
    for (const asked of [
      'sheet=__proto__',
      'symbol=x',
      'copies=-1',
      'copies=1e9',
      'first=0',
      'first=x',
      'sheet=a&sheet=b',
    ]) {
      const page = await ana.get(`/labels?id=${id}&${asked}`)
      expect(page.status, asked).to.equal(200)
      expect(codesOn(page), asked).to.have.length(1)
      expect(page.$('.sheets').attr('class'), asked).to.equal('sheets a4-21')
    }
  })

  it('are not found where none of the products is there', async () => {
    for (const asked of ['id=999999999', 'id=999999999&id=888888888']) {
      expectPage(await ana.get(`/labels?${asked}`), 404)
    }
  })

  it('are so many at a time at most, in a page that nginx takes as a whole', async () => {
    const mark = unique()
    const rows = Array.from({ length: mostLabels + 1 }, (_, index) => ({
      ...product({ name: '"'.repeat(100), description: mark, code: `${mark}-${index}-`.padEnd(64, 'x') }),
      ...{ created_by: 1, created_at: new Date() },
    }))
    await databases.products('products').insert(rows)
    const ids = await databases.products('products').where({ description: mark }).orderBy('id').pluck('id')
    try {
      const many = `/labels?${ids.map((id) => `id=${id}`).join('&')}`
      const page = await ana.get(many)
      expect(codesOn(page)).to.have.length(mostLabels)
      expect(page.$('[role=status].notice').text()).to.contain(`${mostLabels + 1} labels are too many at a time`)
      expect(Buffer.byteLength(page.html)).to.be.below(32 * 16 * 1024)
      const copies = await ana.get(`/labels?id=${ids[0]}&id=${ids[1]}&copies=${mostLabels}`)
      expect(codesOn(copies)).to.have.length(mostLabels)
      expect(copies.$('[role=status].notice').text()).to.contain(`these are the first ${mostLabels}`)
    } finally {
      await databases.products('products').whereIn('id', ids).delete()
    }
  })
})
