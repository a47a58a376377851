import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { expect } from 'chai'
import getPort from 'get-port'
import { readConfig } from '../../../app/config.js'
import { drawStock } from '../../../app/http/pages/products/stock-line.js'
import type { Product } from '../../../app/products/product.js'
import { claimOf } from '../../../app/writes/write.js'
import { startReplica } from '../../lone-replica.js'
import {
  type Answer,
  administrator,
  Person,
  problemsOn,
  product,
  registration,
  unique,
  valuesOn,
} from '../../person.js'
import { databases, replicaAddresses, stack } from '../../system.js'

describe('the minimum of a product', () => {
  let ana: Person
  let everywhere: Person[]
  /** The product of each test, with five units and no minimum. */
  let draft: Record<string, string>
  let path: string

  before(async () => {
    ana = await administrator()
    everywhere = replicaAddresses().map((address) => ana.at(address))
  })

  beforeEach(async () => {
    draft = product()
    path = await added(draft)
  })

  const added = async (fields: Record<string, string>) =>
    `${(await ana.post('/products', fields)).location}`.replace('?added', '')
  const rowAt = (at: string) =>
    databases
      .products('products')
      .where({ id: at.split('/').at(-1) })
      .first()
  const change = async (fields: Record<string, string>) => ana.submit(await ana.get(`${path}/edit`), path, fields)

  it('is given with a new product, is shown, and marks it where it is low', async () => {
    const low = await added(product({ minimum: '1,000' }))
    expect(await rowAt(low)).to.include({ minimum: 1_000, units: 5 })
    expect((await ana.get(low)).$('.facts').text()).to.match(/Units\s*5 Below minimum.*\s+Minimum\s*1,000/)
    expect((await ana.get(`${low}/movements`)).$('main').text()).to.contain('Below minimum The minimum is 1,000.')
    const inList = async (at: string) =>
      (await ana.get('/products'))
        .$(`#p${at.split('/').at(-1)} td`)
        .last()
        .text()
    expect(await inList(low)).to.equal('Below minimum 5')
    expect(await inList(path)).to.equal('5')
    const enough = await added(product({ minimum: '5' }))
    expect((await ana.get(enough)).$('.low')).to.have.length(0)
    expect((await ana.get(`${enough}/movements`)).$('.low')).to.have.length(0)
    expect((await ana.get(path)).$('.facts').text()).not.to.contain('Minimum')
  })

  it('is none where it is not given or empty, and stays as it is where a change does not give one', async () => {
    expect(await rowAt(await added(product({ minimum: ' ' })))).to.include({ minimum: 0 })
    expect(await rowAt(path)).to.include({ minimum: 0 })
    await change({ minimum: '7' })
    expect((await ana.post(path, { ...draft, name: 'Wire', version: '2' })).location).to.equal(`${path}?saved`)
    expect(await rowAt(path)).to.include({ minimum: 7, name: 'Wire' })
    expect((await change({ minimum: '' })).location).to.equal(`${path}?saved`)
    expect(await rowAt(path)).to.include({ minimum: 0, version: 4 })
  })

  for (const [minimum, problem] of [
    ['x', 'Enter the minimum as a whole number, 0 or more, such as 250.'],
    ['-1', 'Enter the minimum as a whole number, 0 or more, such as 250.'],
    ['2000000001', 'Reduce the minimum to 2 billion or fewer.'],
  ] as const) {
    it(`is refused as ${minimum}, and kept as it was typed`, async () => {
      const fresh = await ana.post('/products', product({ minimum }))
      expect([fresh.status, problemsOn(fresh)]).to.deep.equal([422, { minimum: problem }])
      const changed = await change({ minimum })
      expect([changed.status, problemsOn(changed)]).to.deep.equal([422, { minimum: problem }])
      expect(valuesOn(changed, path)).to.include({ minimum })
    })
  }

  it('is in the history, beside what the version before it knows, and comes along in a copy', async () => {
    await change({ minimum: '1200', name: 'Wire' })
    const { $ } = await ana.get(path)
    const [terms, values] = ['dt', 'dd'].map((tag) =>
      $(`.history ${tag}`)
        .map((_, each) => $(each).text())
        .get(),
    )
    expect([terms, values]).to.deep.equal([
      ['Name', 'Minimum'],
      ['Cable Wire', '0 1,200'],
    ])
    const row = await databases
      .products('product_changes')
      .where({ product_id: path.split('/').at(-1) })
      .first()
    expect(Object.keys(JSON.parse(row.fields))).to.deep.equal(['name'])
    const copy = await ana.get(`/products/new?copy=${path.split('/').at(-1)}`)
    expect(valuesOn(copy, '/products')).to.include({ minimum: '1200' })
  })

  it('is side by side where two have changed it', async () => {
    const forms = await Promise.all([ana.get(`${path}/edit`), ana.get(`${path}/edit`)])
    await ana.submit(forms[0], path, { minimum: '10' })
    const refused = await ana.submit(forms[1], path, { minimum: '1,000', category: 'Wires' })
    expect(refused.status).to.equal(409)
    expect(
      refused
        .$('.comparison td')
        .map((_, cell) => refused.$(cell).text())
        .get(),
    ).to.deep.equal(['0', '10', '1,000'])
    expect((await ana.submit(refused, path, {})).status).to.equal(303)
    expect(await rowAt(path)).to.include({ minimum: 1_000, category: 'Wires' })
  })

  it('that only others have changed is taken over', async () => {
    const form = await ana.get(`${path}/edit`)
    await change({ minimum: '10' })
    const refused = await ana.submit(form, path, { minimum: '', category: 'Wires' })
    expect(valuesOn(refused, path)).to.include({ minimum: '10', category: 'Wires' })
  })

  it('makes no other write of a form that a replica of the version before it has done', async () => {
    const account = registration()
    const person = new Person()
    await person.post('/register', account)
    const { id: userId } = await databases.users('users').where({ email: account.email }).first('id')
    const [key, sent] = [unique(), product()]
    const contents = { ...sent, units: 5 } // in the order that it always had
    const arrival = { principal: `user ${userId}`, route: 'POST /products', key }
    const claim = claimOf(arrival, contents, readConfig(stack.environment).appSecret)
    await databases
      .products('idempotency_keys')
      .insert({ ...claim, result: '{"productId": 77}', created_at: new Date() })
    for (const minimum of [undefined, '', '0']) {
      const again = await person.post(
        '/products',
        { ...sent, ...(minimum !== undefined && { minimum }) },
        {
          'idempotency-key': key,
        },
      )
      expect([again.status, again.location], `${minimum}`).to.deep.equal([303, '/products/77?added'])
    }
    const other = await person.post('/products', { ...sent, minimum: '1' }, { 'idempotency-key': key })
    expect(other.status).to.equal(422)
  })

  describe('and the number of those below theirs', () => {
    const numberOn = ({ $ }: Answer) => Number($('nav a.badge [aria-hidden]').text())
    const numbers = async () => {
      const pages = ['/status', '/products', path].flatMap((address) => everywhere.map((near) => near.get(address)))
      return (await Promise.all(pages)).map(numberOn)
    }
    const counted = async () => {
      const [row] = await databases.products('products').whereRaw('NOT archived AND units < minimum').count({ n: '*' })
      return Number(row?.n)
    }

    it('is on every page, with words, and leads to their list', async () => {
      await added(product({ minimum: '6' }))
      const number = await counted()
      for (const address of ['/products', '/products/new', path, `${path}/edit`, '/movements', '/status', '/nowhere']) {
        expect(numberOn(await ana.get(address)), address).to.equal(number)
      }
      const refused = await ana.post('/products', {})
      expect(numberOn(refused)).to.equal(number)
      const badge = refused.$('nav a.badge')
      expect(badge.attr('href')).to.equal('/products?stock=low')
      expect(badge.find('.visually-hidden').text()).to.match(/^\d+ products? below (its|their) minimum$/)
      expect((await new Person().get('/login?next=/')).$('.badge')).to.have.length(0)
    })

    it('is what it is after each write, in the next page of any replica', async () => {
      const before = await counted()
      const isNow = async (low: number) => {
        const all = await numbers()
        expect([await counted(), ...all]).to.deep.equal(Array(1 + all.length).fill(before + low))
      }
      await ana.submit(await ana.get(`${path}/edit`), path, { minimum: '6' })
      await isNow(1)
      await ana.post(`${path}/movements`, { kind: 'in', units: '1' })
      await isNow(0)
      await ana.post(`${path}/movements`, { kind: 'out', units: '1' })
      await isNow(1)
      await ana.post(`${path}/archive`, {})
      await isNow(0)
      await ana.post(`${path}/restore`, {})
      await isNow(1)
      await ana.post(`${path}/archive`, {})
      await ana.post(`${path}/delete`, {})
      await isNow(0)
    })

    it('is not there where there are none', async () => {
      await databases.products('products').where('minimum', '>', 0).update({ minimum: 0 })
      expect((await ana.get('/products')).$('.badge')).to.have.length(0)
    })

    for (const [what, listen] of Object.entries({ away: false, silent: true })) {
      it(`is left out, soon, while the products’ database is ${what}`, async () => {
        const sockets: Socket[] = []
        const server = createServer((socket) => sockets.push(socket))
        const port = await getPort()
        if (listen) await once(server.listen(port, '127.0.0.1'), 'listening')
        const replica = await startReplica({
          PRODUCTS_DATABASE_URL: `mysql://bodega_products@127.0.0.1:${port}/bodega_products`,
        })
        try {
          const began = performance.now()
          const page = await ana.at(replica.address).get('/status')
          expect([page.status, page.$('.badge').length]).to.deep.equal([200, 0])
          expect(performance.now() - began).to.be.below(3_000)
        } finally {
          await replica.stop()
          for (const socket of sockets) socket.destroy()
          server.close()
        }
      })
    }
  })
})

describe('the stock of a product over time', () => {
  let ana: Person
  before(async () => {
    ana = await administrator()
  })

  it('is a line on its page, with words, above the latest movements', async () => {
    const { location } = await ana.post('/products', product({ minimum: '4' }))
    const path = `${location}`.replace('?added', '')
    expect((await ana.get(path)).$('#stock')).to.have.length(0)
    await ana.post(`${path}/movements`, { kind: 'out', units: '2' })
    const one = await ana.get(path)
    expect([one.$('.latest li').length, one.$('.stock-line').length]).to.deep.equal([1, 0])
    for (let each = 0; each < 5; each++) await ana.post(`${path}/movements`, { kind: 'in', units: '1' })
    const { $ } = await ana.get(path)
    expect($('.stock-line svg').attr('aria-label')).to.match(/^Units since .+ UTC: 3 at least, 8 at most, and 8 now\.$/)
    expect($('.stock-line path').attr('d')).to.match(/^M0 45(H[\d.]+V[\d.]+){6}H600V120H0Z$/)
    expect($('.stock-line line').attr('y1')).to.equal('60')
    expect($('.stock-line [style]')).to.have.length(0)
    expect($('.latest li')).to.have.length(5)
    expect($('.latest li').first().text()).to.match(/^\+1 In → 8/)
    expect($('main').text()).to.contain('All 6 movements')
  })

  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute))
  const movement = (number: number, units: number, balance: number) => {
    return { number, kind: 'in', units, balance, undoes: null, movedAt: at(number) } as const
  }

  it('begins with what the product began with, where there is nothing before', () => {
    const drawn = { createdAt: at(0), minimum: 0, units: 20 } as Product
    expect(drawStock(drawn, [movement(2, 10, 20), movement(1, 5, 10)], at(4))).to.deep.include({
      path: 'M0 90H150V60H300V0H600',
      minimum: undefined,
      since: at(0),
      least: 5,
      most: 20,
      top: 20,
    })
  })

  it('begins with the first movement that is drawn, else', () => {
    const drawn = { createdAt: at(0), minimum: 40, units: 20 } as Product
    expect(drawStock(drawn, [movement(8, 10, 20), movement(7, 5, 10)], at(11))).to.deep.include({
      path: 'M0 90H150V60H600',
      minimum: 0,
      since: at(7),
      top: 40,
    })
  })

  it('is drawn where all was in the same moment, and where there was never anything', () => {
    const drawn = { createdAt: at(1), minimum: 0, units: 0 } as Product
    const nothing = [movement(2, 0, 0), movement(1, 0, 0)].map((each) => ({ ...each, movedAt: at(1) }))
    expect(drawStock(drawn, nothing, at(1)).path).to.equal('M0 120H0V120H0V120H600')
  })
})
