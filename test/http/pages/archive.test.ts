import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { deleteLeft } from '../../../app/products/archive/store.js'
import { type Answer, Person, problemsOn, product, registration, signedIn, unique, valuesOn } from '../../person.js'
import { databases, replicaAddresses, withStore } from '../../system.js'

describe('the archive', () => {
  let ana: Person
  let luis: Person
  /** The product that each test archives; it has five units. */
  let draft: Record<string, string>
  let id: number
  let path: string

  before(async () => {
    ana = await signedIn()
    luis = await signedIn({ firstName: 'Luis', lastName: 'Peña' })
  })

  beforeEach(async () => {
    draft = product()
    path = `${(await ana.post('/products', draft)).location}`.replace('?added', '')
    id = Number(/\d+/.exec(path)?.[0])
  })

  const archive = () => ana.post(`${path}/archive`, {})
  const restore = () => ana.post(`${path}/restore`, {})
  const rowOf = () => databases.products('products').where({ id }).first('archived', 'version', 'units')
  const changesOf = () => databases.products('product_changes').where({ product_id: id }).orderBy('version')
  /** Sends on all replicas at once what waits for the product until all of it waits. */
  async function together(...paths: string[]): Promise<number[]> {
    const holding = await databases.products.transaction()
    await holding('products').where({ id }).forUpdate()
    const replicas = replicaAddresses().map((address) => ana.at(address))
    const sent = Promise.all(paths.map((each, index) => (replicas[index % replicas.length] as Person).post(each, {})))
    await sleep(500)
    await holding.commit()
    return (await sent).map(({ status }) => status)
  }

  it('takes a product by a button of its page, says so with a button that restores it, and is in its history', async () => {
    const archived = await ana.submit(await ana.get(path), `${path}/archive`, {})
    expect([archived.status, archived.location]).to.deep.equal([303, `${path}?put=away`])
    const page = await luis.get(archived.location as string)
    expect(page.$('[role=status]').text()).to.contain('The product was archived.')
    expect(page.$(`a[href="${path}/edit"], form[action="${path}/archive"]`)).to.have.length(0)
    expect(page.$('.history').text()).to.match(/Ana García · app\d\s+Archived/)
    expect(page.$('.history p').text()).to.contain(archived.servedBy)
    expect((await ana.get(path)).$('.notice').text()).to.contain('This product is archived.')

    const restored = await luis.submit(page, `${path}/restore`, {})
    expect([restored.status, restored.location]).to.deep.equal([303, `${path}?put=back`])
    const back = await ana.get(restored.location as string)
    expect(back.$('[role=status]').text()).to.contain('The product was restored.')
    expect(back.$('.history strong').first().text()).to.equal('Restored')
    expect((await ana.submit(back, `${path}/archive`, {})).location).to.equal(`${path}?put=away`)
    expect(await rowOf()).to.deep.equal({ archived: 1, version: 4, units: 5 })
  })

  it('takes a product once, however often, and by whichever replicas at the same time', async () => {
    expect(await together(`${path}/archive`, `${path}/archive`, `${path}/archive`)).to.deep.equal([303, 303, 303])
    expect((await archive()).location).to.equal(`${path}?put=away`)
    expect(await changesOf()).to.have.length(1)
    expect(await rowOf()).to.include({ archived: 1, version: 2 })
    expect(await together(`${path}/restore`, `${path}/restore`)).to.deep.equal([303, 303])
    expect((await restore()).location).to.equal(`${path}?put=back`)
    expect(await rowOf()).to.include({ archived: 0, version: 3 })
  })

  it('has what the version before it can show beside what that does not know', async () => {
    await archive()
    const [change] = await changesOf()
    expect(JSON.parse(change.fields)).to.deep.equal({})
    expect(JSON.parse(change.newer_fields)).to.deep.equal({ archived: { from: 0, to: 1 } })
  })

  it('keeps a product from being changed, and the form of before it is saved after it was restored', async () => {
    const form = await luis.get(`${path}/edit`)
    await archive()
    expect((await luis.get(`${path}/edit`)).location).to.equal(path)
    const refused = await luis.submit(form, path, { category: 'Wires' })
    expect(refused.status).to.equal(409)
    expect(refused.$('[role=alert]').text()).to.contain('This product is archived')
    expect(valuesOn(refused, path)).to.include({ category: 'Wires' })
    expect(await rowOf()).to.include({ version: 2 })
    await restore()
    expect((await luis.submit(refused, path, {})).location).to.equal(`${path}?saved`)
    expect((await luis.submit(form, path, { idempotencyKey: unique() })).status).to.equal(409)
  })

  it('does not make two changes of one that were typed over the same version', async () => {
    const form = await luis.get(`${path}/edit`)
    await archive()
    await restore()
    expect((await luis.submit(form, path, { category: 'Wires' })).location).to.equal(`${path}?saved`)
    expect(await rowOf()).to.include({ version: 4 })
    const refused = await ana.submit(form, path, { category: 'Ropes', idempotencyKey: unique() })
    expect(refused.$('.conflict h2').text()).to.equal('Changed meanwhile by Luis Peña')
  })

  it('keeps the units of a product where they are', async () => {
    const stock = `${path}/movements`
    await ana.post(stock, { kind: 'in', units: '1' })
    const form = await ana.get(stock)
    const undo = form.$('.movements form.undo').attr('action') as string
    await archive()
    const refused = await ana.submit(form, stock, { kind: 'out', units: '2' })
    expect(refused.status).to.equal(409)
    expect(refused.$('[role=alert]').text()).to.contain('This product is archived')
    expect(valuesOn(refused, stock)).to.include({ kind: 'out', units: '2' })
    const notUndone = await ana.post(undo, {})
    expect(notUndone.status).to.equal(409)
    expect(notUndone.$('[role=alert]').text()).to.contain('This product is archived')
    expect(await rowOf()).to.include({ units: 6, version: 3 })

    const page = await ana.get(stock)
    expect(page.$('.notice').text()).to.contain('This product is archived.')
    expect(page.$(`form[action="${stock}"], form.undo`)).to.have.length(0)
    expect((await ana.submit(page, `${path}/restore`, {})).status).to.equal(303)
    expect((await ana.submit(refused, stock, {})).status).to.equal(303)
    expect(await rowOf()).to.include({ units: 4 })
  })

  it('keeps the code of a product, and says so', async () => {
    await archive()
    const code = draft.code as string
    const said = await ana.get(`/products/new/code?of=&code=${code.toLowerCase()}`)
    expect(said.$('body').text()).to.match(/^An archived product has this code; restore it to use it again: Cable\s*$/)
    expect(said.$('a').attr('href')).to.equal(path)
    const refused = await ana.submit(await ana.get('/products/new'), '/products', product({ code }))
    expect(refused.status).to.equal(409)
    expect(problemsOn(refused).code).to.match(/^An archived product has this code.*: Cable$/)
    const fields = refused.$('#form, [form=form]').serializeArray()
    const again = Object.fromEntries(fields.map(({ name, value }) => [name, value]))
    const spanish = await ana.post('/language', { ...again, lang: 'es' })
    expect(problemsOn(spanish).code).to.match(/^Un producto archivado tiene este código.*: Cable$/)
    await ana.post('/language', { lang: 'en' })
  })

  for (const act of ['archive', 'restore', 'delete']) {
    for (const missing of ['999999999', '0', 'x', '%31']) {
      it(`knows no product ${missing} to ${act}`, async () => {
        expect((await ana.post(`/products/${missing}/${act}`, {})).status).to.equal(404)
      })
    }
  }

  for (const act of ['archive', 'restore', 'delete']) {
    it(`asks to sign in again, and then says that nothing was done: ${act}`, async () => {
      const account = registration()
      const person = new Person()
      await person.post('/register', account)
      if (act !== 'archive') await archive()
      const before = await rowOf()
      const page = await person.get(act === 'delete' ? `${path}/delete` : path)
      await person.at(person.address).post('/logout', {})
      const refused = await person.submit(page, `${path}/${act}`, {})
      expect(refused.status).to.equal(401)
      const resumed = await person.submit(refused, '/login', account)
      expect(resumed.$('[role=alert]').text()).to.contain('Nothing was changed: press the button again.')
      const fields = resumed.$('#form, [form=form]').serializeArray()
      const again = Object.fromEntries(fields.map(({ name, value }) => [name, value]))
      const spanish = await person.post('/language', { ...again, lang: 'es' })
      expect(spanish.$('[role=alert]').text()).to.contain('No se ha cambiado nada')
      expect(await rowOf()).to.deep.equal(before)
      expect((await person.submit(spanish, `${path}/${act}`, {})).status).to.equal(303)
    })
  }

  describe('from which a product is deleted for good', () => {
    const remove = (fields = {}) => ana.post(`${path}/delete`, fields)

    it('says first what that takes along, and then all of it is gone', async () => {
      await ana.post(`${path}/movements`, { kind: 'in', units: '1' })
      await ana.post(`${path}/movements`, { kind: 'out', units: '2' })
      await ana.submit(await ana.get(`${path}/edit`), path, { name: '<b>Wire</b>' })
      await archive()
      const form = await ana.get((await ana.get(path)).$('a:contains("Delete for good")').attr('href') as string)
      expect(form.$('main').text())
        .to.contain('its 2 movements')
        .and.to.contain('the 2 changes in its history')
        .and.to.contain('<b>Wire</b>')
      const deleted = await ana.submit(form, `${path}/delete`, {})
      expect(deleted.status).to.equal(303)
      expect((await ana.get(deleted.location as string)).$('[role=status]').text()).to.contain('deleted for good')
      expect((await ana.submit(form, `${path}/delete`, {})).status).to.equal(303)
      for (const gone of [path, `${path}/edit`, `${path}/delete`, `${path}/movements`]) {
        expect((await luis.get(gone)).status, gone).to.equal(404)
      }
      for (const table of ['movements', 'product_changes', 'search_changes', 'deleted_products']) {
        expect(await databases.products(table).where({ product_id: id }), table).to.deep.equal([])
      }
      expect((await ana.get(`/movements?product=${id}`)).$('.movements')).to.have.length(0)
      expect((await remove()).status).to.equal(404)
      expect((await ana.post('/products', draft)).status).to.equal(303)
    })

    it('says nothing of movements where there were none, and of one change', async () => {
      await archive()
      const said = (await ana.get(`${path}/delete`)).$('main li').text()
      expect(said).to.contain('the only change in its history').and.not.to.contain('movement')
    })

    it('is not deleted while it is in use', async () => {
      expect((await ana.get(`${path}/delete`)).location).to.equal(path)
      const refused = await remove()
      expect(refused.status).to.equal(409)
      expect(refused.$('[role=alert]').text()).to.contain('Only an archived product can be deleted for good.')
      expect(await rowOf()).to.include({ version: 1 })
    })

    it('is not deleted by a form that said less than there is now', async () => {
      await archive()
      const form = await ana.get(`${path}/delete`)
      await restore()
      await ana.post(`${path}/movements`, { kind: 'in', units: '1' })
      await archive()
      const refused = await ana.submit(form, `${path}/delete`, {})
      expect(refused.status).to.equal(409)
      expect(refused.$('[role=alert]').text()).to.contain('has changed since you opened it')
      expect(refused.$('main').text()).to.contain('its only movement')
      expect((await ana.submit(refused, `${path}/delete`, {})).status).to.equal(303)
    })

    it('is deleted or restored where both are asked for at the same time, on two replicas', async () => {
      await archive()
      const [deleted, restored] = await together(`${path}/delete`, `${path}/restore`)
      expect([deleted, restored]).to.be.deep.oneOf([
        [303, 404],
        [409, 303],
      ])
      expect(await databases.products('products').where({ id })).to.have.length(restored === 303 ? 1 : 0)
    })

    it('is gone at once with the most of its movements, and soon with the rest', async () => {
      const most = 12_000
      await databases.products.raw(
        `INSERT INTO movements (product_id, number, kind, units, balance, reason, note, moved_at, replica)
         WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000)
         SELECT ?, tens.n * 1000 + numbers.n, 'count', 0, 5, '', '', UTC_TIMESTAMP(3), ''
         FROM numbers, (SELECT n - 1 AS n FROM numbers AS some WHERE n <= ?) AS tens`,
        [id, most / 1_000],
      )
      await databases
        .products('products')
        .where({ id })
        .update({ movements: most, version: most + 1 })
      await archive()
      expect((await ana.get(`${path}/delete`)).$('main').text()).to.contain('its 12,000 movements')
      expect((await remove()).status).to.equal(303)
      expect((await ana.get(path)).status).to.equal(404)
      const left = () => databases.products('movements').where({ product_id: id })
      expect((await left()).length).to.be.at.most(most - 5_000)
      while ((await withStore('products', (connection) => deleteLeft(connection, 2_000))) > 0);
      expect(await left()).to.deep.equal([])
      expect(await databases.products('deleted_products')).to.deep.equal([])
    })
  })

  it('is counted as it is, after much at the same time over all replicas', async () => {
    const replicas = replicaAddresses().map((address) => ana.at(address))
    const paths = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const { location } = await ana.post('/products', product({ minimum: '3' }))
        return `${location}`.replace('?added', '')
      }),
    )
    const acts: [string, Record<string, string>][] = [
      ['/archive', {}],
      ['/movements', { kind: 'out', units: '2' }],
      ['/restore', {}],
      ['/movements', { kind: 'in', units: '1' }],
      ['/archive', {}],
      ['/delete', {}],
      ['/restore', {}],
    ]
    const answers = await Promise.all(
      paths.flatMap((each, nth) =>
        [...acts, ...acts, ...acts].map(([act, fields], index) =>
          (replicas[(nth + index) % 3] as Person).post(each + act, fields),
        ),
      ),
    )
    expect([303, 404, 409, 422]).to.include.members(answers.map(({ status }: Answer) => status))
    const [kept] = await databases
      .products('catalogue_state')
      .sum({ archived: 'archived', low: 'low', all: 'products' })
    const [counted] = await databases
      .products('products')
      .select(
        databases.products.raw(
          'SUM(archived) AS archived, SUM(NOT archived AND units < minimum) AS low, COUNT(*) AS `all`',
        ),
      )
    expect(numbersOf(kept)).to.deep.equal(numbersOf(counted))
  })
})

function numbersOf(row: Record<string, unknown> | undefined): Record<string, number> {
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, Number(value)]))
}
