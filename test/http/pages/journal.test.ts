import { expect } from 'chai'
import { type Person, product, signedIn, unique } from '../../person.js'
import { databases } from '../../system.js'

describe('the journal of all movements', () => {
  let ana: Person
  let id: number
  let path: string

  before(async () => {
    ana = await signedIn()
  })

  beforeEach(async () => {
    const { location } = await ana.post('/products', product())
    id = Number(/\d+/.exec(location as string)?.[0])
    path = `/products/${id}/movements`
  })

  const shown = async (query: string) => {
    const { $ } = await ana.get(`/movements?${query}`)
    return $('.movements a')
      .map((_, each) => $(each).attr('href'))
      .get()
  }

  it('has each movement with its product, by product, person, kind and days', async () => {
    const keeper = await signedIn({ firstName: 'Sol', lastName: unique() })
    await keeper.post(path, { kind: 'in', units: '1' })
    await keeper.post(path, { kind: 'count', units: '1' })
    const [{ moved_by: person, moved_at: at }] = await databases.products('movements').where({ product_id: id })
    const day = (offset: number) => new Date(at.getTime() + offset * 86_400_000).toISOString().slice(0, 10)
    expect(await shown(`person=${person}`)).to.deep.equal([path, path])
    expect(await shown(`person=${person}&kind=count`)).to.deep.equal([path])
    expect(await shown(`product=${id}`)).to.deep.equal([path, path])
    expect(await shown(`product=${id}&from=${day(0)}&to=${day(0)}`)).to.deep.equal([path, path])
    expect(await shown(`product=${id}&from=${day(1)}`)).to.deep.equal([])
    expect(await shown(`product=${id}&to=${day(-1)}`)).to.deep.equal([])
    const { $ } = await ana.get(`/movements?person=${person}&product=${id}`)
    expect($('select[name=person] :selected').text()).to.match(/^Sol /)
    expect(await shown(`product=${id}&to=9999-12-31`)).to.deep.equal([path, path])
    expect($('main').text()).to.contain('Only of this product: Cable')
  })

  it('has under a day what an import moved that was begun on it and ended after it', async () => {
    await ana.post(path, { kind: 'in', units: '1' })
    await ana.post(path, { kind: 'in', units: '2' })
    const table = () => databases.products('movements').where({ product_id: id })
    const [, late] = await table().orderBy('id')
    const midnight = `${late.moved_at.toISOString().slice(0, 10)}T00:00:00.000Z`
    await table()
      .where({ id: late.id })
      .update({ moved_at: new Date(Date.parse(midnight) - 1) })
    const dayBefore = new Date(Date.parse(midnight) - 1).toISOString().slice(0, 10)
    const units = async (query: string) => (await ana.get(`/movements?product=${id}&${query}`)).$('.movements').text()
    expect(await units(`to=${dayBefore}`))
      .to.contain('+2')
      .and.not.to.contain('+1')
    expect(await units(`from=${midnight.slice(0, 10)}`))
      .to.contain('+1')
      .and.not.to.contain('+2')
  })

  it('says where none matches', async () => {
    expect((await ana.get(`/movements?product=${id}`)).$('main').text()).to.contain('No movement matches')
  })

  it('takes what it cannot understand for not asked', async () => {
    const { status } = await ana.get('/movements?product=x&person=-1&kind=y&from=2026-02-30&to=z&before=q')
    expect(status).to.equal(200)
  })

  it('leads to the older ones, each once', async () => {
    for (let units = 1; units <= 51; units++) await ana.post(path, { kind: 'in', units: String(units) })
    const first = await ana.get(path)
    const second = await ana.get(first.$('a[rel=next]').attr('href') as string)
    expect([first, second].map(({ $ }) => $('.movements li').length)).to.deep.equal([50, 1])
    expect(second.$('.movements .moved').text()).to.equal('+1 In → 6')
    const all = await ana.get(`/movements?product=${id}`)
    expect(await shown((all.$('a[rel=next]').attr('href') as string).split('?')[1] as string)).to.have.length(1)
  })
})
