import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { type Answer, Person, problemsOn, product, registration, signedIn, unique, valuesOn } from '../../person.js'
import { databases, replicaAddresses } from '../../system.js'

describe('the stock of a product', () => {
  let ana: Person
  let luis: Person
  let id: number
  /** Of the page that each test moves units on; the product begins with five. */
  let path: string

  before(async () => {
    ana = await signedIn()
    luis = await signedIn({ firstName: 'Luis', lastName: 'Peña' })
  })

  beforeEach(async () => {
    const { location } = await ana.post('/products', product())
    id = Number(/\d+/.exec(location as string)?.[0])
    path = `/products/${id}/movements`
  })

  const move = (kind: string, units: string, fields = {}) => ana.post(path, { kind, units, ...fields })
  const rowOf = () => databases.products('products').where({ id }).first('units', 'movements', 'version')
  const journalOf = () => databases.products('movements').where({ product_id: id }).orderBy('number')
  /** What a page says of each movement. */
  const movementsOn = ({ $ }: Answer) =>
    $('.movements li')
      .map((_, each) => $(each).find('.moved').text())
      .get()

  it('is moved by a form that the product’s page leads to, and says what is left, who did it and where', async () => {
    expect((await ana.get(`/products/${id}`)).$(`a[href="${path}"]`)).to.have.length(1)
    const form = await ana.get(path)
    expect(form.$('.balance').text()).to.contain('5 units')
    expect(form.$('main').text()).to.contain('No movements yet').and.to.contain('Added with 5 units')
    const saved = await ana.submit(form, path, { kind: 'in', units: '1,000', reason: 'Received', note: 'Order 7' })
    expect([saved.status, saved.location]).to.deep.equal([303, `${path}?moved=1`])
    const page = await luis.get(saved.location as string)
    expect(page.$('[role=status]').text()).to.contain('Saved: +1,000. Now there are 1,005 units.')
    expect(movementsOn(page)).to.deep.equal(['+1,000 In → 1,005'])
    expect(page.$('.movements li').text()).to.match(/Received: Order 7[\s\S]+ · Ana García · /)
    expect(page.$('.by').text()).to.contain(saved.servedBy)
    expect(await rowOf()).to.include({ units: 1_005, movements: 1, version: 2 })
  })

  it('goes out and is counted', async () => {
    await move('out', '2')
    await move('count', '10')
    await move('count', '10')
    const page = await ana.get(path)
    expect(movementsOn(page)).to.deep.equal(['0 Count → 10', '+7 Count → 10', '−2 Out → 3'])
    expect(page.$('main').text()).to.contain('Added with 5 units')
  })

  it('is not counted over what others have moved meanwhile, until the person has seen that', async () => {
    const form = await ana.get(path)
    await luis.post(path, { kind: 'out', units: '2' })
    const refused = await ana.submit(form, path, { kind: 'count', units: '5' })
    expect(refused.status).to.equal(409)
    expect(refused.$('[role=alert]').text()).to.contain('has changed since you opened it')
    expect(refused.$('.balance').text()).to.contain('3 units')
    expect(valuesOn(refused, path)).to.include({ kind: 'count', units: '5' })
    expect((await ana.submit(refused, path, {})).status).to.equal(303)
    expect((await ana.submit(form, path, { kind: 'in', units: '1', idempotencyKey: unique() })).status).to.equal(303)
    expect(await rowOf()).to.include({ units: 6, movements: 3 })
  })

  for (const [kind, units, problem] of [
    ['out', '6', 'Not enough stock: 5 at most can go out. Nothing was saved.'],
    ['in', '2000000000', 'Too many: 1,999,999,995 at most can come in. Nothing was saved.'],
    ['in', '0', 'Enter at least 1: nothing would come in or go out.'],
    ['out', '0', 'Enter at least 1: nothing would come in or go out.'],
    ['in', '-1', 'Enter the units as a whole number, 0 or more, such as 250.'],
    ['count', '', 'Enter the units.'],
    ['count', '2000000001', 'Reduce the units to 2 billion or fewer.'],
  ] as const) {
    it(`refuses ${units || 'nothing'} ${kind}, and keeps what was typed`, async () => {
      const answer = await ana.submit(await ana.get(path), path, { kind, units, note: 'For Luis' })
      expect(answer.status).to.equal(422)
      expect(problemsOn(answer)).to.deep.equal({ units: problem })
      expect(valuesOn(answer, path)).to.include({ kind, units, note: 'For Luis' })
      expect([await rowOf(), await journalOf()]).to.deep.equal([{ units: 5, movements: 0, version: 1 }, []])
    })
  }

  it('tells everything wrong of a movement', async () => {
    const answer = await ana.post(path, { kind: 'x', units: 'x', reason: 'x'.repeat(61), note: 'x'.repeat(501) })
    expect(Object.keys(problemsOn(answer))).to.deep.equal(['kind', 'units', 'reason', 'note'])
  })

  for (const missing of ['/products/999999999/movements', '/products/0/movements', '/products/x/movements']) {
    it(`knows nothing at ${missing}`, async () => {
      expect((await ana.get(missing)).status).to.equal(404)
      expect((await ana.post(missing, { kind: 'in', units: '1' })).status).to.equal(404)
    })
  }

  for (const missing of ['/movements/999999999/undo', '/movements/0/undo', '/movements/x/undo']) {
    it(`undoes nothing at ${missing}`, async () => {
      expect((await ana.post(missing, {})).status).to.equal(404)
    })
  }

  it('has one address: a movement at another spelling of it is refused, so that a key counts once', async () => {
    const spelled = path.replace(/\d/, (digit) => `%3${digit}`)
    expect((await ana.post(spelled, { kind: 'in', units: '1' })).status).to.equal(404)
  })

  it('is the exact sum of 300 movements at the same time over all replicas, and the journal adds up', async () => {
    await move('count', '100')
    const people = replicaAddresses().map((address) => ana.at(address))
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, each) =>
        (people[each % people.length] as Person).post(path, { kind: each % 2 ? 'in' : 'out', units: '1' }),
      ),
    )
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([303]))
    expect(await rowOf()).to.include({ units: 100, movements: 301 })
    let balance = 5
    for (const [index, entry] of (await journalOf()).entries()) {
      balance += entry.units
      expect([entry.number, entry.balance]).to.deep.equal([index + 1, balance])
    }
  })

  it('does not go below zero where two take the last units at the same time, on two replicas', async () => {
    const [one, two] = replicaAddresses()
    const holding = await databases.products.transaction()
    await holding('products').where({ id }).forUpdate()
    const sent = Promise.all(
      [one, two].map((address) => ana.at(address as string).post(path, { kind: 'out', units: '3' })),
    )
    await sleep(500)
    await holding.commit()
    expect((await sent).map(({ status }) => status).sort()).to.deep.equal([303, 422])
    expect(await rowOf()).to.include({ units: 2, movements: 1 })
  })

  it('keeps nobody else waiting while very many wait for it', async () => {
    const replica = ana.at(replicaAddresses()[0] as string)
    const holding = await databases.products.transaction()
    await holding('products').where({ id }).forUpdate()
    const waiting = Array.from({ length: 40 }, () => replica.post(path, { kind: 'in', units: '1' }))
    await sleep(500)
    try {
      const [added, later] = await Promise.all([replica.post('/products', product()), replica.get('/products?page=2')])
      expect([added.status, later.status]).to.deep.equal([303, 200])
    } finally {
      await holding.commit()
    }
    for (const { status } of await Promise.all(waiting)) expect(status).to.equal(303)
    expect(await rowOf()).to.include({ units: 45, movements: 40 })
  })

  it('is moved once when the form is sent twice', async () => {
    const form = await ana.get(path)
    const answers = await Promise.all([1, 2].map(() => ana.submit(form, path, { kind: 'in', units: '1' })))
    for (const { location } of answers) expect(location).to.equal(`${path}?moved=1`)
    expect(await rowOf()).to.include({ units: 6, movements: 1 })
  })

  it('keeps what was typed when the session has ended', async () => {
    const account = registration()
    const person = new Person()
    await person.post('/register', account)
    const form = await person.get(path)
    await person.at(person.address).post('/logout', {})
    const refused = await person.submit(form, path, { kind: 'in', units: '6' })
    expect(refused.status).to.equal(401)
    const resumed = await person.submit(refused, '/login', account)
    expect(valuesOn(resumed, path)).to.include({ kind: 'in', units: '6' })
    expect((await person.submit(resumed, path, {})).status).to.equal(303)
  })

  it('keeps a refused movement when the page is shown in another language', async () => {
    const refused = await ana.submit(await ana.get(path), path, { kind: 'out', units: '6' })
    const fields = refused.$('#form, [form=form]').serializeArray()
    const again = Object.fromEntries(fields.map(({ name, value }) => [name, value]))
    const spanish = await ana.post('/language', { ...again, lang: 'es' })
    expect(problemsOn(spanish).units).to.contain('pueden salir 5 como mucho')
    expect(valuesOn(spanish, path)).to.include({ kind: 'out', units: '6' })
    await ana.post('/language', { lang: 'en' })
  })

  it('shows script in its journal as text', async () => {
    const script = '<img src=x onerror=alert(1)>'
    await move('in', '1', { reason: script, note: script })
    expect((await ana.get(path)).html)
      .to.contain('&lt;img')
      .and.not.to.contain('<img src=x')
  })

  describe('that a movement is undone of', () => {
    const undoOf = ({ $ }: Answer, place: number) => $('.movements form.undo').eq(place).attr('action') as string

    it('is as it was, by another movement, from the message and from the journal', async () => {
      await move('in', '4', { reason: 'Received' })
      const message = await ana.get(`${path}?moved=1`)
      const action = message.$('form.notice').attr('action') as string
      const undone = await ana.post(action, {})
      expect([undone.status, undone.location]).to.deep.equal([303, `${path}?moved=2`])
      const page = await ana.get(path)
      expect(movementsOn(page)).to.deep.equal(['−4 Undo → 5', '+4 In → 9'])
      expect(page.$('.movements li').first().text()).to.contain('Undoes movement 1: Received')
      expect(page.$('.movements li').last().text()).to.contain('Undone')
      await ana.post(undoOf(page, 0), {})
      expect(movementsOn(await ana.get(path))[0]).to.equal('+4 Undo → 9')
    })

    it('takes back what a count made of it, not what came after', async () => {
      await move('count', '8')
      await move('out', '2')
      await ana.post(undoOf(await ana.get(path), 1), {})
      expect(movementsOn(await ana.get(path))[0]).to.equal('−3 Undo → 3')
    })

    it('is not undone where the units were counted after it, until that count is undone', async () => {
      await move('in', '4')
      const action = undoOf(await ana.get(path), 0)
      await move('count', '8')
      const page = await ana.get(`${path}?moved=1`)
      expect(page.$('form.notice button')).to.have.length(0)
      expect(page.$('.movements form.undo')).to.have.length(1)
      const refused = await ana.post(action, {})
      expect(refused.status).to.equal(409)
      expect(refused.$('[role=alert]').text()).to.contain('the units were counted after it')
      await ana.post(undoOf(page, 0), {})
      expect((await ana.post(action, {})).status).to.equal(303)
      expect(await rowOf()).to.include({ units: 5, movements: 4 })
    })

    it('is not undone twice, also by two at the same time on two replicas', async () => {
      await move('in', '4')
      const action = undoOf(await ana.get(path), 0)
      const [one, two] = replicaAddresses()
      const holding = await databases.products.transaction()
      await holding('products').where({ id }).forUpdate()
      const sent = Promise.all([one, two].map((address) => ana.at(address as string).post(action, {})))
      await sleep(500)
      await holding.commit()
      const answers = await sent
      expect(answers.map(({ status }) => status).sort()).to.deep.equal([303, 409])
      const refused = answers.find(({ status }) => status === 409) as Answer
      expect(refused.$('[role=alert]').text()).to.contain('already undone')
      expect(valuesOn(refused, path)).to.include({ units: '' })
      expect(await rowOf()).to.include({ units: 5, movements: 2 })
    })

    it('is not undone twice either where nothing would be left to undo', async () => {
      await move('in', '4')
      const action = undoOf(await ana.get(path), 0)
      await ana.post(action, {})
      await move('out', '5')
      expect((await ana.post(action, {})).status).to.equal(409)
    })

    it('asks to sign in again, and then says that nothing was undone', async () => {
      const account = registration()
      const person = new Person()
      await person.post('/register', account)
      await move('in', '4')
      const action = undoOf(await person.get(path), 0)
      await person.at(person.address).post('/logout', {})
      const refused = await person.post(action, {})
      expect(refused.status).to.equal(401)
      const resumed = await person.submit(refused, '/login', account)
      expect(resumed.$('[role=alert]').text()).to.contain('has not been undone')
      expect((await person.post(action, {})).status).to.equal(303)
    })

    it('is not undone where fewer than none would be left', async () => {
      await move('in', '4')
      await move('out', '8')
      const refused = await ana.post(undoOf(await ana.get(path), 1), {})
      expect(refused.status).to.equal(422)
      expect(refused.$('[role=alert]').text()).to.contain('This movement cannot be undone')
      expect(problemsOn(refused)).to.deep.equal({})
      expect(await rowOf()).to.include({ units: 1, movements: 2 })
    })
  })

  describe('that is changed past its form', () => {
    it('has a count in the journal where an edit gives other units', async () => {
      const draft = await databases.products('products').where({ id }).first('name', 'code', 'description', 'category')
      const { location } = await ana.post(`/products/${id}`, { ...draft, version: '1', units: '9' })
      expect(location).to.equal(`/products/${id}?saved`)
      expect(await rowOf()).to.deep.equal({ units: 9, movements: 1, version: 2 })
      await ana.post(`/products/${id}`, { ...draft, name: 'Wire', version: '2', units: '9' })
      expect(await rowOf()).to.deep.equal({ units: 9, movements: 1, version: 3 })
      const page = await ana.get(path)
      expect(movementsOn(page)).to.deep.equal(['+4 Count → 9'])
      expect(page.$('.by').text()).to.contain('Ana García')
    })

    it('keeps what was moved when a form of before it is saved, and refuses one with the units of then', async () => {
      const draft = await databases.products('products').where({ id }).first('name', 'code', 'description', 'category')
      const form = await ana.get(`/products/${id}/edit`)
      await move('in', '10')
      const refused = await ana.post(`/products/${id}`, { ...draft, name: 'Wire', version: '1', units: '5' })
      expect(refused.status).to.equal(409)
      expect((await ana.submit(form, `/products/${id}`, { name: 'Wire' })).status).to.equal(303)
      expect(await rowOf()).to.include({ units: 15, movements: 1, version: 3 })
    })

    it('has a count in the journal where an older version or a statement by hand changes it', async () => {
      await databases.products('products').where({ id }).update({ units: 3 })
      const page = await ana.get(path)
      expect(movementsOn(page)).to.deep.equal(['−2 Count → 3'])
      expect(page.$('.by').text()).to.contain('changed outside Bodega')
      await move('in', '1')
      expect(await rowOf()).to.include({ units: 4, movements: 2 })
    })
  })
})
