import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { type Answer, Person, problemsOn, product, registration, signedIn, unique, valuesOn } from '../../person.js'
import { databases, replicaAddresses } from '../../system.js'

describe('changing a product', () => {
  let ana: Person
  let luis: Person
  /** The product that each test changes, and its address. */
  let draft: Record<string, string>
  let path: string

  before(async () => {
    ana = await signedIn()
    luis = await signedIn({ firstName: 'Luis', lastName: 'Peña' })
  })

  beforeEach(async () => {
    draft = product({ description: 'One line\nand another' })
    path = `${(await ana.post('/products', draft)).location}`.replace('?added', '')
  })

  const edit = (person: Person) => person.get(`${path}/edit`)
  const rowOf = () =>
    databases
      .products('products')
      .where({ id: path.split('/').at(-1) })
      .first()
  const historyOf = () => databases.products('product_changes').where({ product_id: path.split('/').at(-1) })

  it('shows what there is, saves what is typed, and says what was changed, by whom and where', async () => {
    expect((await ana.get(path)).$(`a[href="${path}/edit"]`)).to.have.length(1)
    const form = await edit(ana)
    const { units: _, ...fields } = draft
    expect(valuesOn(form, path)).to.include({ ...fields, description: 'One line\r\nand another', version: '1' })
    const saved = await ana.submit(form, path, { name: 'Cable & more', category: 'Wires' })
    expect([saved.status, saved.location]).to.deep.equal([303, `${path}?saved`])
    const { $ } = await luis.get(saved.location as string)
    expect($('[role=status]').text()).to.contain('The changes were saved.')
    expect($('h1').text()).to.equal('Cable & more')
    expect($('.facts').text()).to.contain('Wires')
    expect($('.history li')).to.have.length(1)
    expect($('.history p').text()).to.match(new RegExp(`Ana García · ${saved.servedBy}$`, 'm'))
    expect(
      $('.history dt')
        .map((_, each) => $(each).text())
        .get(),
    ).to.deep.equal(['Name', 'Category'])
    expect(
      $('.history dd')
        .map((_, each) => $(each).text())
        .get(),
    ).to.deep.equal(['Cable Cable & more', 'Cables Wires'])
  })

  it('writes nothing where nothing was changed', async () => {
    const { status, location } = await ana.submit(await edit(ana), path, { category: ' Cables ' })
    expect([status, location]).to.deep.equal([303, path])
    expect([(await rowOf()).version, await historyOf()]).to.deep.equal([1, []])
  })

  it('is found by its new words at once, and by its old ones no more', async () => {
    const [old, next] = [unique(), unique()]
    await ana.submit(await edit(ana), path, { name: old })
    await ana.submit(await edit(ana), path, { name: next })
    const found = async (word: string) => (await ana.get(`/products?q=${word}`)).$('.products tbody a').length
    expect([await found(old), await found(next)]).to.deep.equal([0, 1])
  })

  it('tells everything wrong, with what was typed', async () => {
    const answer = await ana.submit(await edit(ana), path, { name: '', code: 'x x' })
    expect(answer.status).to.equal(422)
    expect(Object.keys(problemsOn(answer))).to.deep.equal(['name', 'code'])
    expect(valuesOn(answer, path)).to.include({ name: '', code: 'x x', version: '1' })
  })

  it('refuses a code that another product has, and takes its own in another case', async () => {
    const other = product({ name: 'The other' })
    await ana.post('/products', other)
    const answer = await ana.submit(await edit(ana), path, { code: other.code as string })
    expect(answer.status).to.equal(409)
    expect(problemsOn(answer)).to.deep.equal({ code: 'Another product has this code: The other Add stock to it' })
    expect((await ana.submit(answer, path, { code: `${draft.code}`.toLowerCase() })).status).to.equal(303)
  })

  it('is done once when the form is sent twice', async () => {
    const form = await edit(ana)
    const answers = await Promise.all([1, 2].map(() => ana.submit(form, path, { category: '6' })))
    answers.push(await ana.submit(form, path, { category: '6' }))
    for (const { status, location } of answers) expect([status, location]).to.deep.equal([303, `${path}?saved`])
    expect((await rowOf()).version).to.equal(2)
  })

  it('takes the version from If-Match, as the product’s page gives it in its ETag', async () => {
    const tag = (await ana.get(path)).headers.get('etag') as string
    const change = (category: string) => ana.post(path, { ...draft, category }, { 'if-match': tag })
    expect((await change('Wires')).status).to.equal(303)
    expect((await change('Ropes')).status).to.equal(409)
    expect(await rowOf()).to.include({ category: 'Wires', version: 2 })
    expect((await ana.get(path)).headers.get('etag')).to.match(/^(W\/)?"2"$/)
    expect((await ana.post(path, draft, { 'if-match': 'x' })).status).to.equal(400)
  })

  for (const version of ['', '0', '-1', '1.0', 'x', '9999999999']) {
    it(`refuses the version ${JSON.stringify(version)}`, async () => {
      const { status } = await ana.submit(await edit(ana), path, { version, category: '6' })
      expect(status).to.equal(400)
      expect((await rowOf()).version).to.equal(1)
    })
  }

  for (const missing of ['/products/999999999', '/products/0', '/products/x', '/products/x%2F1']) {
    it(`knows no product at ${missing}`, async () => {
      expect((await ana.get(`${missing}/edit`)).status).to.equal(404)
      expect((await ana.post(missing, { ...draft, version: '1' })).status).to.equal(404)
    })
  }

  it('keeps what was typed when the session has ended', async () => {
    const account = registration()
    const person = new Person()
    await person.post('/register', account)
    const form = await edit(person)
    await person.at(person.address).post('/logout', {})
    const refused = await person.submit(form, path, { category: '6' })
    expect(refused.status).to.equal(401)
    const resumed = await person.submit(refused, '/login', account)
    expect(valuesOn(resumed, path)).to.include({ category: '6', version: '1' })
    expect((await person.submit(resumed, path, {})).status).to.equal(303)
    expect((await rowOf()).category).to.equal('6')
  })

  describe('that somebody else has changed meanwhile', () => {
    /** What the comparison says of each field. */
    const compared = ({ $ }: Answer) =>
      Object.fromEntries(
        $('.comparison tbody tr')
          .map((_, row) => [
            [
              $(row).find('th').text(),
              $(row)
                .find('td')
                .map((_, cell) => $(cell).text())
                .get(),
            ],
          ])
          .get() as [string, string[]][],
      )

    it('saves nothing, says who changed what, and has both changes in the form', async () => {
      const form = await edit(ana)
      await luis.submit(await edit(luis), path, { name: 'Theirs', description: 'Seven' })
      const answer = await ana.submit(form, path, { name: 'Mine', category: 'Wires' })
      expect(answer.status).to.equal(409)
      expect(answer.$('[role=alert]').text()).to.contain('Nothing was saved yet')
      expect(answer.$('.conflict h2').text()).to.equal('Changed meanwhile by Luis Peña')
      expect(compared(answer)).to.deep.equal({
        Name: ['Cable', 'Theirs', 'Mine'],
        Description: ['One line\nand another', 'Seven', 'the same'],
      })
      expect(valuesOn(answer, path)).to.include({ name: 'Mine', description: 'Seven', category: 'Wires', version: '2' })
      expect(await rowOf()).to.include({ name: 'Theirs', description: 'Seven', category: 'Cables', version: 2 })

      expect((await ana.submit(answer, path, {})).status).to.equal(303)
      expect(await rowOf()).to.include({ name: 'Mine', description: 'Seven', category: 'Wires', version: 3 })
    })

    it('does so again, for a change after that', async () => {
      const form = await edit(ana)
      await luis.submit(await edit(luis), path, { name: 'Theirs' })
      const first = await ana.submit(form, path, { category: 'Wires' })
      await luis.submit(await edit(luis), path, { description: 'Seven', category: 'Ropes' })
      const second = await ana.submit(first, path, {})
      expect(second.status).to.equal(409)
      expect(compared(second)).to.deep.equal({
        Name: ['Cable', 'Theirs', 'the same'],
        Description: ['One line\nand another', 'Seven', 'the same'],
        Category: ['Cables', 'Ropes', 'Wires'],
      })
      expect(valuesOn(second, path)).to.include({
        name: 'Theirs',
        description: 'Seven',
        category: 'Wires',
        version: '3',
      })
    })

    it('keeps both changes when the page is shown in another language', async () => {
      const form = await edit(ana)
      await luis.submit(await edit(luis), path, { name: 'Theirs' })
      const answer = await ana.submit(form, path, { name: 'Mine' })
      const fields = answer.$('#form, [form=form]').serializeArray()
      const again = Object.fromEntries(fields.map(({ name, value }) => [name, value]))
      const spanish = await ana.post('/language', { ...again, lang: 'es' })
      expect(compared(spanish)).to.deep.equal({ Nombre: ['Cable', 'Theirs', 'Mine'] })
      expect(valuesOn(spanish, path)).to.include({ name: 'Mine', version: '2' })
      await ana.post('/language', { lang: 'en' })
    })

    it('saves one of two changes that wait for the product at the same time, on two replicas', async () => {
      const [one, two] = replicaAddresses()
      const forms = await Promise.all([edit(ana), edit(luis)])
      const holding = await databases.products.transaction()
      await holding('products')
        .where({ id: path.split('/').at(-1) })
        .forUpdate()
      const sent = Promise.all([
        ana.at(one as string).submit(forms[0], path, { category: '6' }),
        luis.at(two as string).submit(forms[1], path, { category: '7' }),
      ])
      await sleep(500)
      await holding.commit()
      expect((await sent).map(({ status }) => status).sort()).to.deep.equal([303, 409])
      expect((await rowOf()).version).to.equal(2)
      expect(await historyOf()).to.have.length(1)
    })

    it('compares everything with a form that is older than the history that is read', async () => {
      const form = await edit(ana)
      const id = Number(path.split('/').at(-1))
      const change = { product_id: id, fields: '{}', changed_by: 1, changed_at: new Date(), replica: 'app1' }
      const versions = Array.from({ length: 102 }, (_, index) => ({ ...change, version: index + 2 }))
      await databases.products('product_changes').insert(versions)
      await databases.products('products').where({ id }).update({ version: 103, category: 'Theirs' })
      const answer = await ana.submit(form, path, {})
      expect(compared(answer)).to.deep.equal({ Category: ['Theirs', 'Theirs', 'Cables'] })
    })
  })

  it('has the latest changes in its history, and says that there are more', async () => {
    for (let each = 10; each < 22; each++) await ana.submit(await edit(ana), path, { category: String(each) })
    const { $ } = await ana.get(path)
    expect($('.history li')).to.have.length(10)
    expect($('.history li').first().find('dd').text()).to.equal('20 21')
    expect($('main').text()).to.contain('Only the latest 10 changes are shown.')
  })

  it('says in its history where the account of who changed it is gone', async () => {
    await ana.submit(await edit(ana), path, { category: '6' })
    await databases
      .products('product_changes')
      .where({ product_id: path.split('/').at(-1) })
      .update({ changed_by: 2 ** 40 })
    expect((await ana.get(path)).$('.history p').text()).to.contain('somebody whose account is gone')
  })

  it('does not take a form that was sent before with other contents for the same, and loses neither', async () => {
    const form = await edit(ana)
    await ana.submit(form, path, { category: '6' })
    const answer = await ana.submit(form, path, { category: '7' })
    expect(answer.status).to.equal(422)
    expect(answer.$('[role=alert]').text()).to.contain('already sent with different contents')
    expect(valuesOn(answer, path)).to.include({ category: '7' })
    expect((await ana.submit(answer, path, {})).status).to.equal(303)
    expect((await rowOf()).category).to.equal('7')
  })

  it('shows script in its history and its comparison as text', async () => {
    const script = '<img src=x onerror=alert(1)>'
    const form = await edit(ana)
    await luis.submit(await edit(luis), path, { name: script })
    for (const { html } of [await ana.submit(form, path, { name: `${script}2` }), await ana.get(path)]) {
      expect(html).to.contain('&lt;img').and.not.to.contain('<img src=x')
    }
  })
})
