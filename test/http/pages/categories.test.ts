import { expect } from 'chai'
import { type Answer, type Person, product, signedIn, unique } from '../../person.js'
import { databases, replicaAddresses } from '../../system.js'
import { press, settled } from '../../uploads.js'

describe('categories', () => {
  let ana: Person
  let mark: string
  before(async () => {
    ana = await signedIn()
  })
  beforeEach(() => {
    mark = unique()
  })

  async function add(category: string, number = 1): Promise<number[]> {
    const ids: number[] = []
    for (let each = 0; each < number; each++) {
      const { location } = await ana.post('/products', product({ category }))
      ids.push(Number(/\d+/.exec(`${location}`)?.[0]))
    }
    return ids
  }
  const categoryOf = async (id: number | undefined) =>
    (await databases.products('products').where({ id }).first('category')).category

  /** The numbers beside a category, as the list says, or undefined where it is not there. */
  async function countsOf(category: string) {
    for (let address: string | undefined = '/categories'; address; ) {
      const { $ }: Answer = await ana.get(address)
      const rows = $('tbody tr').filter((_, row) => $(row).find('th').text().trim() === category)
      if (rows.length > 0)
        return rows
          .find('td.number')
          .map((_, cell) => Number($(cell).text()))
          .get()
      address = $('[rel=next]').attr('href')
    }
    return undefined
  }

  async function rename(fields: Record<string, string>): Promise<Answer & { path: string }> {
    const { status, location } = await ana.post('/categories/rename', fields)
    expect([status, location]).to.satisfy(() => status === 303 && /^\/imports\/\d+$/.test(`${location}`))
    return { ...(await settled(ana, location as string)), path: location as string }
  }

  it('are listed with how many products each has, low and archived ones too', async () => {
    const [first, second] = await add(mark, 3)
    await ana.post(`/products/${first}/archive`, {})
    await databases.products('products').where({ id: second }).update({ units: 1, minimum: 5 })
    expect(await countsOf(mark)).to.deep.equal([2, 1, 1])
  })

  it('get another name with all their products, and the old one back', async () => {
    const ids = await add(`Old ${mark}`, 2)
    await ana.post(`/products/${ids[0]}/archive`, {})
    const page = await rename({ category: `Old ${mark}`, to: `New ${mark}` })
    expect(page.$('[role=status]').text()).to.contain('2 products were changed')
    for (const id of ids) expect(await categoryOf(id)).to.equal(`New ${mark}`)
    expect([await countsOf(`Old ${mark}`), await countsOf(`New ${mark}`)]).to.deep.equal([undefined, [1, 0, 1]])
    expect((await ana.get(`/products/${ids[1]}`)).$('.history').text()).to.contain(`Old ${mark}`)
    await press(ana, page, 'undo')
    for (const id of ids) expect(await categoryOf(id)).to.equal(`Old ${mark}`)
    expect([await countsOf(`Old ${mark}`), await countsOf(`New ${mark}`)]).to.deep.equal([[1, 0, 1], undefined])
  })

  it('are spelt as they are named, also where only case and accents differ', async () => {
    const [id] = await add(`cafe ${mark}`)
    await rename({ category: `cafe ${mark}`, to: `Café ${mark}` })
    expect(await categoryOf(id)).to.equal(`Café ${mark}`)
    expect(await countsOf(`Café ${mark}`)).to.deep.equal([1, 0, 0])
    expect((await ana.get('/products')).$('select[name=category]').text()).to.not.contain(`cafe ${mark}`)
  })

  it('become one only where that was agreed to, spelt as the other one', async () => {
    const ids = [...(await add(`One ${mark}`)), ...(await add(`Other ${mark}`))]
    const fields = { category: `One ${mark}`, to: `OTHER ${mark}` }
    const asked = await ana.post('/categories/rename', fields)
    expect(asked.status).to.equal(422)
    expect(asked.$('[role=alert] a').attr('href')).to.equal('#to')
    expect(asked.$('input[name=merge]').val()).to.equal(`Other ${mark}`)
    expect((await ana.post('/categories/rename', { ...fields, merge: 'Third' })).status).to.equal(422)
    await rename({ ...fields, merge: `Other ${mark}` })
    for (const id of ids) expect(await categoryOf(id)).to.equal(`Other ${mark}`)
    expect([await countsOf(`One ${mark}`), await countsOf(`Other ${mark}`)]).to.deep.equal([undefined, [2, 0, 0]])
  })

  it('stay apart where the other one came to be after the form was sent, and where a merge is undone', async () => {
    const [id] = await add(`One ${mark}`)
    const wide = await add(`Two ${mark}`)
    const sent = await Promise.all(
      ['One', 'Two'].map((each) => ana.post('/categories/rename', { category: `${each} ${mark}`, to: `New ${mark}` })),
    )
    const pages = await Promise.all(sent.map(({ location }) => settled(ana, location as string)))
    expect(pages.map(({ $ }) => $('[role=alert]').length).sort()).to.deep.equal([0, 1])
    expect((await categoryOf(id)) === (await categoryOf(wide[0]))).to.equal(false)
    await ana.post('/categories', { category: `Empty ${mark}` })
    const merged = await rename({ category: `New ${mark}`, to: `Empty ${mark}`, merge: `Empty ${mark}` })
    await press(ana, merged, 'undo')
    expect(await countsOf(`Empty ${mark}`)).to.deep.equal([0, 0, 0])
  })

  it('can be added and renamed without products, and deleted', async () => {
    expect((await ana.post('/categories', { category: mark })).location).to.equal('/categories?added')
    expect(await countsOf(mark)).to.deep.equal([0, 0, 0])
    expect((await ana.get('/products/new')).$('datalist').html()).to.contain(mark)
    expect((await ana.post('/categories', { category: mark.toUpperCase() })).status).to.equal(422)
    await rename({ category: mark, to: `${mark} 2` })
    expect([await countsOf(mark), await countsOf(`${mark} 2`)]).to.deep.equal([undefined, [0, 0, 0]])
    expect((await ana.post('/categories/delete', { category: `${mark} 2` })).location).to.equal('/categories?deleted')
    expect(await countsOf(`${mark} 2`)).to.equal(undefined)
    expect((await ana.post('/categories/delete', { category: `${mark} 2` })).status).to.equal(404)
  })

  it('are not deleted with products, archived ones too; nothing can be pressed to do so', async () => {
    const [id] = await add(mark)
    await ana.post(`/products/${id}/archive`, {})
    const refused = await ana.post('/categories/delete', { category: mark })
    expect([refused.status, refused.$('[role=alert]').text()]).to.satisfy(() => refused.status === 409)
    expect(refused.$('[role=alert]').text()).to.contain('has products')
    expect(await countsOf(mark)).to.deep.equal([0, 0, 1])
    expect(refused.$(`input[name=category][value="${mark}"]`)).to.have.length(0)
  })

  it('is renamed once, however often and wherever the form arrives', async () => {
    const [id] = await add(`Old ${mark}`)
    const fields = { category: `Old ${mark}`, to: `New ${mark}`, idempotencyKey: unique() }
    const answers = await Promise.all(
      replicaAddresses().map((address) => ana.at(address).post('/categories/rename', fields)),
    )
    expect(new Set(answers.map(({ location }) => location))).to.have.property('size', 1)
    await settled(ana, answers[0]?.location as string)
    expect((await databases.products('products').where({ id }).first()).version).to.equal(2)
  })

  for (const [what, path, fields, status] of [
    ['no name', '/categories', {}, 422],
    ['a name too long', '/categories', { category: 'x'.repeat(61) }, 422],
    ['a line break in it', '/categories', { category: 'a\nb' }, 422],
    ['no new name', '/categories/rename', { category: 'Cables' }, 422],
    ['an unknown category', '/categories/rename', { category: 'no such one', to: 'x' }, 404],
  ] as const) {
    it(`refuses ${what} at ${path}`, async () => {
      if (path === '/categories/rename' && status === 422) await add('Cables')
      expect((await ana.post(path, { ...fields })).status).to.equal(status)
    })
  }
})
