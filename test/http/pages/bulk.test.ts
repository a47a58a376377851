import { expect } from 'chai'
import { type Answer, type Person, product, Person as Stranger, signedIn, unique } from '../../person.js'
import { databases, replicaAddresses } from '../../system.js'
import { countsOn, press, settled } from '../../uploads.js'

describe('changing many products at once', () => {
  let ana: Person
  let mark: string
  let ids: string[]
  before(async () => {
    ana = await signedIn()
  })
  beforeEach(async () => {
    mark = unique()
    ids = []
    for (const name of ['Cable', 'Clip', 'Drill']) {
      const { location } = await ana.post('/products', product({ name: `${name} ${mark}`, category: `Old ${mark}` }))
      ids.push(/\d+/.exec(`${location}`)?.[0] as string)
    }
  })

  const send = (fields: [string, string][], person = ana) =>
    person.send('POST', '/products/bulk', { body: new URLSearchParams(fields) })
  const select = (...which: (string | undefined)[]) => which.map((id): [string, string] => ['id', `${id}`])
  const rows = (): Promise<{ id: number; category: string; archived: number; version: number }[]> =>
    databases.products('products').whereIn('id', ids).orderBy('id').select('id', 'category', 'archived', 'version')
  const toNew: [string, string][] = [
    ['act', 'category'],
    ['to', 'New'],
  ]
  const archive: [string, string] = ['act', 'archive']
  const restore: [string, string] = ['act', 'restore']

  async function act(fields: [string, string][]): Promise<Answer & { path: string }> {
    const { status, location } = await send(fields)
    expect([status, location]).to.satisfy(() => status === 303 && /^\/imports\/\d+$/.test(`${location}`))
    return { ...(await settled(ana, location as string)), path: location as string }
  }

  it('changes the category of those selected, with their history and search text, and is undone', async () => {
    const page = await act([...toNew, ...select(ids[0], ids[1])])
    expect(countsOn(page)).to.deep.equal([2, 0])
    expect(page.$('[role=status]').text()).to.contain('2 products were changed')
    expect((await rows()).map(({ category, version }) => [category, version])).to.deep.equal([
      ['New', 2],
      ['New', 2],
      [`Old ${mark}`, 1],
    ])
    expect((await ana.get(`/products?q=new+${mark}`)).$('tbody tr')).to.have.length(2)
    const history = (await ana.get(`/products/${ids[0]}`)).$('.history').text()
    expect(history).to.contain(`Old ${mark}`).and.to.contain('Ana García')
    const undone = await press(ana, page, 'undo')
    expect(undone.$('[role=status]').text()).to.contain('It was undone')
    expect((await rows()).map(({ category }) => category)).to.deep.equal(Array(3).fill(`Old ${mark}`))
    expect((await ana.get('/imports')).$('.imports').text()).to.contain('Category changed to New')
  })

  for (const [what, list] of [
    ['a search', () => `q=${mark}`],
    ['a filter', () => `category=${encodeURIComponent(`Old ${mark}`)}`],
  ] as const) {
    it(`archives all that match ${what}, and restores them`, async () => {
      await act([archive, ['all', '1'], ['list', list()]])
      expect((await rows()).map(({ archived }) => archived)).to.deep.equal([1, 1, 1])
      const change = await databases.products('product_changes').where({ product_id: ids[0] }).first()
      expect([JSON.parse(change.fields), JSON.parse(change.newer_fields)]).to.deep.equal([
        {},
        { archived: { from: 0, to: 1 } },
      ])
      const page = await act([restore, ['all', '1'], ['list', `${list()}&archived=1`]])
      expect((await rows()).map(({ archived, version }) => [archived, version])).to.deep.equal(Array(3).fill([0, 3]))
      await press(ana, page, 'undo')
      expect((await rows()).map(({ archived }) => archived)).to.deep.equal([1, 1, 1])
    })
  }

  it('leaves an archived product as it is, and says so', async () => {
    await ana.post(`/products/${ids[0]}/archive`, {})
    const page = await act([...toNew, ...select(...ids)])
    expect(countsOn(page)).to.deep.equal([2, 1])
    expect(page.$('[role=status]').text()).to.contain('One product stays as it was')
    expect((await rows())[0]).to.include({ category: `Old ${mark}`, version: 2 })
  })

  it('of one product is undone', async () => {
    await press(ana, await act([archive, ...select(ids[0])]), 'undo')
    expect((await rows())[0]).to.include({ archived: 0, version: 3 })
  })

  it('is not undone once somebody has changed one of its products', async () => {
    const page = await act([archive, ...select(...ids)])
    await ana.post(`/products/${ids[1]}/restore`, {})
    const refused = await press(ana, page, 'undo')
    expect(refused.$('[role=alert]').text()).to.contain('Nothing was undone')
    expect((await rows()).map(({ archived }) => archived)).to.deep.equal([1, 0, 1])
  })

  it('is one act, however often and wherever the form arrives; another under its key is refused', async () => {
    const fields: [string, string][] = [['idempotencyKey', unique()], archive, ...select(...ids)]
    const answers = await Promise.all(replicaAddresses().map((address) => send(fields, ana.at(address))))
    expect(new Set(answers.map(({ location }) => location))).to.have.property('size', 1)
    await settled(ana, answers[0]?.location as string)
    expect((await rows()).map(({ version }) => version)).to.deep.equal([2, 2, 2])
    expect((await send([...fields.slice(0, 2), ...select(ids[0])])).status).to.equal(422)
  })

  for (const [what, fields, field] of [
    ['no act', () => select(...ids), 'act'],
    ['an unknown act', () => [['act', 'burn'] as [string, string], ...select(...ids)], 'act'],
    ['no product', () => [archive], 'id'],
    ['all of no list', () => [archive, ['all', '1'] as [string, string]], 'list'],
    ['no category', () => [['act', 'category'] as [string, string], ...select(...ids)], 'to'],
    ['a category too long', () => [...toNew.slice(0, 1), ['to', 'x'.repeat(61)] as [string, string]], 'to'],
    ['too many products', () => [archive, ...select(...Array.from({ length: 101 }, (_, id) => String(id + 1)))], 'id'],
  ] as const) {
    it(`asks again for ${what}`, async () => {
      const answer = await send([...fields()])
      expect(answer.status).to.equal(422)
      expect(answer.$('[role=alert] a').attr('href')).to.equal(`#${field}`)
      expect((await rows()).map(({ version }) => version)).to.deep.equal([1, 1, 1])
    })
  }

  it('keeps what was selected where it asks again', async () => {
    const again = await send(select(ids[0], ids[2]))
    expect(
      again
        .$('input[name=id]')
        .map((_, each) => again.$(each).val())
        .get(),
    ).to.deep.equal([ids[0], ids[2]])
  })

  it('is offered by the list, with a box for each product, and to nobody who is not signed in', async () => {
    const page = await ana.get(`/products?q=${mark}`)
    expect(page.$('input[type=checkbox][name=id][form=bulk]')).to.have.length(3)
    expect(page.$('#bulk [name=list]').val()).to.equal(`q=${mark}`)
    const acts = async () => (await databases.products('imports')).length
    const before = await acts()
    const stranger = await send([archive, ...select(...ids)], new Stranger())
    expect(stranger.status).to.equal(401)
    expect(await acts()).to.equal(before)
  })
})
