import { createHash } from 'node:crypto'
import { expect } from 'chai'
import { readConfig } from '../../app/config.js'
import { Deadline } from '../../app/database/deadline.js'
import { claimOf, type Write } from '../../app/writes/write.js'
import { Person, product, registration, signedIn, unique } from '../person.js'
import { databases, replicaAddresses, stack } from '../system.js'

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

  it('shares its transaction with those that arrive at the same time, and has its own result', async () => {
    const [near, far] = replicaAddresses().map((address) => person.at(address)) as [Person, Person]
    const drafts = Array.from({ length: 40 }, () => ({ draft: product(), key: { 'idempotency-key': unique() } }))
    const addAll = (at: Person) => Promise.all(drafts.map(({ draft, key }) => at.post('/products', draft, key)))
    const codes = drafts.map(({ draft }) => draft.code)
    const locations = (await addAll(near)).map(({ location }) => location)
    const rows = await databases.products('products').whereIn('code', codes)
    const ids = new Map(rows.map(({ id, code }) => [code, id]))
    expect(locations).to.deep.equal(codes.map((code) => `/products/${ids.get(code)}?added`))
    // A statement's rows have its one time.
    expect(new Set(rows.map(({ created_at }) => Number(created_at))).size).to.be.below(30)
    expect((await addAll(far)).map(({ location }) => location)).to.deep.equal(locations)
  })

  it('that cannot be done fails alone, whatever it shared a transaction with', async () => {
    const near = person.at(replicaAddresses()[0] as string)
    const [taken, again] = [product(), product()]
    await near.post('/products', taken)
    const key = { 'idempotency-key': unique() }
    const drafts = [
      taken,
      { ...taken, code: taken.code.toLowerCase() },
      again,
      again,
      ...Array.from({ length: 10 }, () => product()),
    ]
    const answers = await Promise.all(drafts.map((draft) => near.post('/products', draft, draft === again ? key : {})))
    const [refused, done] = [answers.slice(0, 2), answers.slice(2)]
    expect(refused.map(({ status }) => status)).to.deep.equal([409, 409])
    expect(done.map(({ status }) => status)).to.deep.equal(Array(12).fill(303))
    expect(done[0]?.location).to.equal(done[1]?.location)
    expect(await databases.products('products').where({ code: again.code })).to.have.length(1)
  })

  it('that waits for somebody’s lock fails no other', async () => {
    const near = person.at(replicaAddresses()[0] as string)
    const [locked, ...others] = Array.from({ length: 11 }, () => product()) as [Draft, ...Draft[]]
    await databases.products.transaction(async (transaction) => {
      await transaction('products').insert({ ...locked, search_text: '', created_by: 1, created_at: new Date() })
      const add = (drafts: Draft[]) => drafts.map((draft) => near.post('/products', draft))
      const [first, waiting, last] = [add(others.slice(0, 5)), add([locked]), add(others.slice(5))]
      const answers = await Promise.all([...first, ...last])
      expect(answers.map(({ status }) => status)).to.deep.equal(Array(10).fill(303))
      await transaction.rollback()
      expect((await Promise.all(waiting)).map(({ status }) => status)).to.deep.equal([303])
    })
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
    const taken = product()
    await person.post('/products', taken)
    expect((await person.post('/products', { ...other, code: taken.code }, key)).status).to.equal(422)
    const account = registration()
    await new Person().post('/register', account, key)
    expect((await new Person().post('/register', { ...account, firstName: 'Eva' }, key)).status).to.equal(422)
  })

  it('is the same one whichever button of the form was pressed', async () => {
    const form = await person.get('/products/new')
    const draft = product()
    const answers = await Promise.all(
      ['show', 'another'].map((after) => person.submit(form, '/products', { ...draft, after })),
    )
    expect(answers.map(({ status }) => status)).to.deep.equal([303, 303])
    expect(await databases.products('products').where({ code: draft.code })).to.have.length(1)
  })

  it('of one stranger is no other stranger’s, though they chose the same key', async () => {
    const key = { 'idempotency-key': unique() }
    const [mine, theirs] = [registration(), registration()]
    await new Person().post('/register', mine, key)
    expect((await new Person().post('/register', theirs, key)).status).to.equal(303)
    expect(await databases.users('users').whereIn('email', [mine.email, theirs.email])).to.have.length(2)
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
    const key = unique()
    await new Person().post('/register', account, { 'idempotency-key': key })
    const principal = `stranger ${account.email}`
    const id = createHash('sha256')
      .update(JSON.stringify([principal, 'POST /register', key]))
      .digest()
    const row = await databases.users('idempotency_keys').where({ id }).first()
    expect(row.result).not.to.contain(account.password)
    // What anybody could compute who has a copy of the database, but not the secret.
    const guess = JSON.stringify(['POST /register', account])
    expect(row.fingerprint).to.have.length(32)
    expect(row.fingerprint.equals(createHash('sha256').update(guess).digest())).to.equal(false)
    const { appSecret } = readConfig(stack.environment)
    const values = { ...account }
    expect(row.fingerprint.equals(claimOf(write(principal, key), values, appSecret).fingerprint)).to.equal(true)
  })
})

type Draft = ReturnType<typeof product>

function write(principal: string, key: string): Write {
  return { principal, route: 'POST /register', key, address: '', requestId: '', deadline: new Deadline(8_000) }
}
