import { expect } from 'chai'
import { type Member, member } from '../people.js'
import { product, unique } from '../person.js'
import { databases, replicaAddresses } from '../system.js'
import { uploadFile } from '../uploads.js'

describe('the audit of products', () => {
  let someone: Member
  before(async () => {
    someone = await member()
  })

  it('tells who did what with a product, from what to what, and by which request; and outlives it', async () => {
    const { person, id: userId, email } = someone
    const fields = product({ units: '5' })
    const path = (await person.post('/products', fields)).location?.split('?')[0] as string
    const id = Number(path.split('/').at(-1))
    await person.post(path, { ...fields, category: 'Wires', version: '1' })
    const moved = await person.post(`${path}/movements`, { kind: 'out', units: '2', note: 'Broken' })
    const movement = await databases.products('movements').where({ product_id: id }).orderBy('id', 'desc').first('id')
    await person.post(`/movements/${movement.id}/undo`, {})
    await person.post(`${path}/archive`, {})
    await person.post(`${path}/restore`, {})
    await person.post(`${path}/archive`, {})
    await person.post(`${path}/delete`, {})
    const rows = await databases.products('audit').where({ subject_kind: 'product', subject_id: id }).orderBy('id')
    expect(rows.map(({ action }) => action)).to.deep.equal([
      ...['productAdded', 'productChanged', 'moved', 'movementUndone'],
      ...['productArchived', 'productRestored', 'productArchived', 'productDeleted'],
    ])
    for (const row of rows) {
      expect(row).to.deep.include({ actor_id: userId, actor: email, subject: fields.name, address: '127.0.0.1' })
    }
    expect(JSON.parse(rows[0].changes)).to.deep.include({
      code: { from: null, to: fields.code },
      units: { from: null, to: 5 },
    })
    expect(JSON.parse(rows[1].changes)).to.deep.equal({ category: { from: 'Cables', to: 'Wires' } })
    expect(JSON.parse(rows[2].changes)).to.deep.equal({ units: { from: 5, to: 3 }, note: { from: null, to: 'Broken' } })
    expect(JSON.parse(rows[3].changes)).to.deep.equal({ units: { from: 3, to: 5 } })
    expect(JSON.parse(rows.at(-1).changes)).to.deep.include({ code: { from: fields.code, to: null } })
    expect([rows[2].request_id, rows[2].replica]).to.deep.equal([moved.headers.get('x-request-id'), moved.servedBy])
  })

  it('has each of those that were added in one transaction under its own number, and once', async () => {
    const [address] = replicaAddresses()
    const person = someone.person.at(address as string)
    const sent = Array.from({ length: 40 }, () => ({
      ...product({ name: `Together ${unique()}` }),
      idempotencyKey: unique(),
    }))
    await Promise.all([...sent, ...sent].map((fields) => person.post('/products', fields)))
    const rows = await databases
      .products('audit')
      .whereIn(
        'subject',
        sent.map(({ name }) => name),
      )
      .select('subject_id', 'subject', 'action')
    const products = await databases
      .products('products')
      .whereIn(
        'code',
        sent.map(({ code }) => code),
      )
      .select('id', 'name')
    expect(products).to.have.length(40)
    const byName = (one: { subject: string }, other: { subject: string }) => one.subject.localeCompare(other.subject)
    expect([...rows].sort(byName)).to.deep.equal(
      products.map(({ id, name }) => ({ subject_id: id, subject: name, action: 'productAdded' })).sort(byName),
    )
  })

  it('has nothing of what was not done', async () => {
    const { person } = someone
    const fields = product()
    const path = (await person.post('/products', fields)).location?.split('?')[0] as string
    const { count: before } = (await countAll()) as { count: number }
    await person.post('/products', { ...product(), code: fields.code })
    await person.post(path, { ...fields, version: '1' })
    await person.post(`${path}/movements`, { kind: 'out', units: '9000' })
    await person.post(`${path}/restore`, {})
    await person.post(`${path}/delete`, {})
    expect((await countAll())?.count).to.equal(before)
  })

  it('tells of categories, and of what is asked of many products', async () => {
    const { person, id: userId } = someone
    const [category, other] = [`Named ${unique()}`, `Renamed ${unique()}`]
    await person.post('/categories', { category })
    await person.post('/categories/rename', { category, to: other })
    const path = (await person.post('/products', product())).location?.split('?')[0] as string
    await person.post('/products/bulk', { act: 'archive', to: '', id: path.split('/').at(-1) as string })
    await uploadFile(person, 'name,code\nCable,C')
    const rows = await databases.products('audit').where({ actor_id: userId }).orderBy('id', 'desc').limit(5)
    expect(rows.map(({ action, subject_kind, subject }) => [action, subject_kind, subject]).reverse()).to.deep.equal([
      ['categoryAdded', 'category', category],
      ['manyChangesAsked', 'import', ''],
      ['productAdded', 'product', 'Cable'],
      ['manyChangesAsked', 'import', ''],
      ['importAsked', 'import', 'products.csv'],
    ])
    expect(JSON.parse(rows[3].changes)).to.deep.equal({ category: { from: category, to: other } })
    expect(JSON.parse(rows[1].changes)).to.deep.equal({
      archived: { from: null, to: 1 },
      products: { from: null, to: 1 },
    })
  })

  it('is only ever added to', async () => {
    const { products } = databases
    for (const work of [products('audit').update({ actor: 'x' }), products('audit').delete()]) {
      expect(await work.catch(({ message }) => message)).to.contain('only ever added to')
    }
  })

  function countAll() {
    return databases.products('audit').count({ count: '*' }).first()
  }
})
