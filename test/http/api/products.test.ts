import { expect } from 'chai'
import { product, unique } from '../../person.js'
import { type Program, signedUp } from '../../program.js'
import { databases, replicaAddresses } from '../../system.js'

describe('products, for programs', () => {
  let program: Program
  before(async () => {
    program = (await signedUp()).program
  })

  it('are added once with a key, on whichever replica it arrives', async () => {
    const [fields, key] = [{ ...product(), units: 5 }, { 'idempotency-key': unique() }]
    const answers = await Promise.all(
      replicaAddresses().map((address) => program.at(address).post('/products', fields, key)),
    )
    expect(answers.map(({ status }) => status)).to.deep.equal([201, 201, 201])
    expect(new Set(answers.map(({ text }) => text)).size).to.equal(1)
    expect(answers[0]?.headers.get('location')).to.equal(`/api/v1/products/${answers[0]?.json.id}`)
    expect(await databases.products('products').where({ code: fields.code })).to.have.length(1)
    const other = await program.post('/products', { ...fields, name: 'Other' }, key)
    expect([other.status, other.json.type]).to.deep.equal([422, 'urn:bodega:problem:keyReused'])
  })

  it('are refused with what is wrong with each field', async () => {
    const { id, name, code } = await add()
    const taken = await program.post('/products', { ...product(), code, units: 1 })
    expect([taken.status, taken.json.errors]).to.deep.equal([
      ...[409, [{ field: 'code', detail: `Another product has this code: ${name} (${id})` }]],
    ])
    const wrong = await program.post('/products', { ...product(), units: -1, name: ['x'] })
    expect(wrong.status).to.equal(422)
    expect(wrong.json.errors.map(({ field }: { field: string }) => field)).to.have.members(['units', 'name'])
  })

  it('are changed where they have the version that is named', async () => {
    const { id } = await add()
    const path = `/products/${id}`
    expect((await program.send('PATCH', path, { name: 'Other' })).status).to.equal(428)
    const key = { 'idempotency-key': unique(), 'if-match': '"1"' }
    for (const address of replicaAddresses()) {
      const { status, json, headers } = await program.at(address).send('PATCH', path, { name: 'Other' }, key)
      expect([status, json.name, json.version, headers.get('etag')]).to.deep.equal([200, 'Other', 2, '"2"'])
    }
    const late = await program.send('PATCH', path, { minimum: 3 }, { 'if-match': '"1"' })
    expect([late.status, late.json.type]).to.deep.equal([412, 'urn:bodega:problem:preconditionFailed'])
    const next = await program.send('PATCH', path, { minimum: 3 }, { 'if-match': 'W/"2"' })
    expect([next.status, next.json.name, next.json.minimum]).to.deep.equal([200, 'Other', 3])
    expect(await databases.products('product_changes').where({ product_id: id })).to.have.length(2)
  })

  it('move, and a movement is undone', async () => {
    const { id } = await add()
    const out = await program.post(`/products/${id}/movements`, { kind: 'out', units: 2, note: 'Broken' })
    expect([out.status, out.json.units]).to.deep.equal([201, 3])
    const short = await program.post(`/products/${id}/movements`, { kind: 'out', units: 9 })
    expect([short.status, short.json.errors[0].field]).to.deep.equal([422, 'units'])
    const { json } = await program.get(`/products/${id}/movements`)
    expect(json.movements.map(({ units, balance, note }: Moved) => [units, balance, note])).to.deep.equal([
      [-2, 3, 'Broken'],
    ])
    const undone = await program.post(`/movements/${json.movements[0].id}/undo`)
    expect([undone.status, undone.json.units]).to.deep.equal([201, 5])
    expect((await program.post(`/movements/${json.movements[0].id}/undo`)).status).to.equal(409)
  })

  it('are archived, restored, and deleted for good', async () => {
    const { id } = await add()
    const path = `/products/${id}`
    expect((await program.post(`${path}/archive`)).json.archived).to.equal(true)
    expect((await program.post(`${path}/restore`)).json.archived).to.equal(false)
    expect((await program.send('DELETE', path, undefined, { 'if-match': '"3"' })).status).to.equal(409)
    const { headers } = await program.post(`${path}/archive`)
    const version = { 'if-match': headers.get('etag') as string }
    expect((await program.send('DELETE', path, undefined, version)).status).to.equal(204)
    expect((await program.get(path)).status).to.equal(404)
  })

  it('are found as on the page, a page at a time', async () => {
    const category = `Found ${unique()}`
    for (let count = 0; count < 23; count++) await add({ category })
    const first = await program.get(`/products?category=${encodeURIComponent(category)}`)
    expect([first.json.total, first.json.products.length]).to.deep.equal([23, 20])
    const second = await program.get(first.json.next.replace('/api/v1', ''))
    expect([second.json.products.length, second.json.next]).to.deep.equal([3, null])
    const ids = [...first.json.products, ...second.json.products].map(({ id }: { id: number }) => id)
    expect(new Set(ids).size).to.equal(23)
  })

  async function add(fields: Record<string, string> = {}) {
    const { status, json } = await program.post('/products', { ...product(fields), units: 5 })
    expect(status).to.equal(201)
    return json
  }
})

interface Moved {
  units: number
  balance: number
  note: string
}

describe('what programs send', () => {
  it('is JSON, an object, and not too long', async () => {
    const { program } = await signedUp()
    for (const [body, status, headers] of [
      ['{"name":', 400, {}],
      ['[1]', 400, {}],
      ['"x"', 400, {}],
      ['{"a":'.repeat(10_000), 400, {}],
      ['{"__proto__":{"x":1}}', 400, {}],
      ['name=x', 415, { 'content-type': 'application/x-www-form-urlencoded' }],
      [`{"name":"${'x'.repeat(70_000)}"}`, 413, {}],
    ] as [string, number, Record<string, string>][]) {
      const answer = await program.send('POST', '/products', body, headers)
      expect([answer.status, answer.headers.get('content-type')], body.slice(0, 30)).to.deep.equal([
        status,
        'application/problem+json',
      ])
      expect(answer.json.requestId, body.slice(0, 30)).to.equal(answer.headers.get('x-request-id'))
    }
  })

  it('goes to addresses and methods that there are, and others are told so', async () => {
    const { program } = await signedUp()
    for (const [method, path, status] of [
      ['GET', '/nothing', 404],
      ['GET', '/products/0', 404],
      ['GET', '/products/x', 404],
      ['PUT', '/products', 405],
    ] as [string, string, number][]) {
      const answer = await program.send(method, path)
      expect([answer.status, answer.json?.status], path).to.deep.equal([status, status])
    }
  })
})
