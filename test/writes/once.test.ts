import { expect } from 'chai'
import { Person, product, registration, signedIn, unique } from '../person.js'
import { databases, replicaAddresses } from '../system.js'

describe('a write', () => {
  let person: Person
  before(async () => {
    person = await signedIn()
  })

  it('is done once, whatever the replicas at which its 100 twins arrive at once', async () => {
    const draft = product()
    const key = { 'idempotency-key': unique() }
    const replicas = replicaAddresses().map((address) => person.at(address))
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, each) => (replicas[each % 3] as Person).post('/products', draft, key)),
    )
    expect(new Set(answers.map(({ status, location }) => `${status} ${location}`))).to.have.property('size', 1)
    expect(answers[0]?.status).to.equal(303)
    expect(await databases.products('products').where({ code: draft.code })).to.have.length(1)
  })

  it('is done once when nginx sends it again, because the request’s id stays the same', async () => {
    const draft = product()
    const id = { 'x-request-id': unique().padEnd(32, '0') }
    const answers = []
    for (const address of replicaAddresses()) answers.push(await person.at(address).post('/products', draft, id))
    expect(new Set(answers.map(({ location }) => location))).to.have.property('size', 1)
  })

  it('is another one with another key', async () => {
    const draft = product()
    await person.post('/products', draft, { 'idempotency-key': unique() })
    const { status } = await person.post('/products', draft, { 'idempotency-key': unique() })
    expect(status).to.equal(409)
  })

  it('is another one by another person with the same key', async () => {
    const key = { 'idempotency-key': unique() }
    const [mine, theirs] = [product(), product()]
    await person.post('/products', mine, key)
    expect((await (await signedIn()).post('/products', theirs, key)).status).to.equal(303)
    expect(await databases.products('products').whereIn('code', [mine.code, theirs.code])).to.have.length(2)
  })

  it('with a key that was used with other contents is refused', async () => {
    const key = { 'idempotency-key': unique() }
    await person.post('/products', product(), key)
    const other = product()
    expect((await person.post('/products', other, key)).status).to.equal(422)
    expect(await databases.products('products').where({ code: other.code })).to.have.length(0)
    const account = registration()
    await new Person().post('/register', account, key)
    expect((await new Person().post('/register', { ...account, firstName: 'Eva' }, key)).status).to.equal(422)
  })

  it('that failed leaves no key behind, so that it can be mended and sent again', async () => {
    const key = { 'idempotency-key': unique() }
    const taken = product()
    await person.post('/products', taken)
    expect((await person.post('/products', taken, key)).status).to.equal(409)
    expect((await person.post('/products', product(), key)).status).to.equal(303)
  })

  it('stores no password, neither as it is nor in a form that can be guessed at', async () => {
    const account = registration({ password: `secret ${unique()}` })
    const key = { 'idempotency-key': unique() }
    await new Person().post('/register', account, key)
    const rows = await databases.users('idempotency_keys').orderBy('created_at', 'desc').limit(5)
    expect(JSON.stringify(rows)).not.to.contain(account.password)
    expect(rows.every(({ fingerprint }) => fingerprint.length === 32)).to.equal(true)
  })
})
