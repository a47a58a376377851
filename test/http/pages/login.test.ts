import { expect } from 'chai'
import { claimOf } from '../../../app/writes/write.js'
import { logLine } from '../../log.js'
import { Person, problemsOn, registration, signedIn, unique, valuesOn } from '../../person.js'
import { databases, replicaAddresses } from '../../system.js'

describe('signing in', () => {
  const account = registration()
  before(() => new Person().post('/register', account))

  it('opens the products', async () => {
    const person = new Person()
    const { status, location } = await person.submit(await person.get('/login'), '/login', account)
    expect([status, location]).to.deep.equal([303, '/products'])
    expect((await person.get('/products')).status).to.equal(200)
  })

  it('takes the address in any case', async () => {
    const { status } = await new Person().post('/login', { ...account, email: account.email.toUpperCase() })
    expect(status).to.equal(303)
  })

  it('says the same of an unknown address as of a wrong password, and keeps the address', async () => {
    const wrong = await new Person().post('/login', { ...account, password: 'not this one' })
    const unknown = await new Person().post('/login', { email: `${unique()}@example.org`, password: 'not this one' })
    expect([wrong.status, unknown.status]).to.deep.equal([401, 401])
    expect(wrong.$('[role=alert]').text()).to.equal('The e-mail address or the password is incorrect.')
    expect(unknown.$('[role=alert]').text()).to.equal(wrong.$('[role=alert]').text())
    expect(valuesOn(wrong, '/login')).to.include({ email: account.email, password: '' })
  })

  it('tells which field is empty', async () => {
    const answer = await new Person().post('/login', { email: '', password: '' })
    expect(answer.status).to.equal(422)
    expect(problemsOn(answer)).to.deep.equal({ email: 'Enter your e-mail address.', password: 'Enter your password.' })
  })

  it('goes back to the page that asked for it, by way of a wrong password too', async () => {
    const person = new Person()
    const { location } = await person.get('/products?q=cable&page=2')
    expect(location).to.equal('/login?next=%2Fproducts%3Fq%3Dcable%26page%3D2')
    const form = await person.get(location as string)
    const wrong = await person.submit(form, '/login', { email: account.email, password: 'not this one' })
    const right = await person.submit(wrong, '/login', account)
    expect(right.location).to.equal('/products?q=cable&page=2')
  })

  for (const next of [
    '//example.org',
    'https://example.org',
    '/\\example.org',
    'javascript:alert(1)',
    '/\texample.org',
  ]) {
    it(`never goes on to ${JSON.stringify(next)}`, async () => {
      const { location } = await new Person().post('/login', { ...account, next })
      expect(location).to.equal('/products')
    })
  }

  it('gives a new session each time, and ends the one before in that browser', async () => {
    const person = new Person()
    await person.post('/login', account)
    const first = person.at(person.address)
    await person.post('/login', account)
    expect(person.cookie('session')).not.to.equal(first.cookie('session'))
    expect((await first.get('/products')).status).to.equal(303)
    expect((await person.get('/products')).status).to.equal(200)
  })

  it('sent again by the same browser stays signed in', async () => {
    const person = new Person()
    const key = { 'idempotency-key': unique() }
    await person.post('/login', account, key)
    const first = person.cookie('session')
    expect((await person.post('/login', account, key)).status).to.equal(303)
    expect(person.cookie('session')).to.equal(first)
    expect((await person.get('/products')).status).to.equal(200)
  })

  it('sent again when it was signed out, however much later, brings no ended session back', async () => {
    const key = { 'idempotency-key': unique() }
    const person = new Person()
    await person.post('/login', account, key)
    const stolen = person.at(person.address)
    await person.post('/logout', {})
    await new Person().post('/login', account, key)
    expect((await stolen.get('/products')).status).to.equal(303)
    // A day later the key is forgotten.
    const write = { principal: `stranger ${account.email}`, route: 'POST /login', key: key['idempotency-key'] }
    const { id } = claimOf(write, {}, '')
    expect(await databases.users('idempotency_keys').where({ id }).delete()).to.equal(1)
    await new Person().post('/login', account, key)
    expect((await stolen.get('/products')).status).to.equal(303)
  })

  it('sent again when its session has ended takes no living one from the browser', async () => {
    for (const path of ['/login', '/register']) {
      const person = new Person()
      const key = { 'idempotency-key': unique() }
      await person.post(path, account, key)
      await person.post('/login', account)
      const living = person.cookie('session')
      expect((await person.post(path, account, key)).status).to.equal(303)
      expect(person.cookie('session')).to.equal(living)
      expect((await person.get('/products')).status).to.equal(200)
    }
  })

  it('tells the log who tried, in a form that names nobody, and whether it succeeded', async () => {
    const ids = []
    for (const password of [account.password, 'not this one']) {
      ids.push((await new Person().post('/login', { ...account, password })).headers.get('x-request-id'))
    }
    const lines = await Promise.all(ids.map((id) => logLine(id as string)))
    expect(lines.map(({ signIn }) => signIn.succeeded)).to.deep.equal([true, false])
    expect(lines[0]?.signIn.account)
      .to.equal(lines[1]?.signIn.account)
      .and.to.match(/^[\w-]{16}$/)
    expect(JSON.stringify(lines)).not.to.contain(account.email).and.not.to.contain(account.password)
  })

  it('answers its cookie with no-store, so that no cache keeps it', async () => {
    const { headers } = await new Person().post('/login', account)
    expect(headers.get('cache-control')).to.equal('no-store')
  })

  it('over TLS gives a cookie that goes over TLS alone, to this host alone', async () => {
    const secure = new Person(replicaAddresses()[0], { 'x-forwarded-proto': 'https' })
    const { headers } = await secure.post('/login', account)
    const cookie = headers.getSetCookie().find((each) => each.startsWith('__Host-session='))
    expect(cookie)
      .to.match(/; secure/i)
      .and.to.match(/; path=\//i)
      .and.not.to.match(/domain/i)
    expect((await secure.get('/products')).status).to.equal(200)
    await secure.post('/logout', {})
    expect(secure.cookie('__Host-session')).to.equal(undefined)
  })

  it('asks to try again in a moment when too many sign in at once, and keeps what was typed', async () => {
    const from = (address: string) => new Person(replicaAddresses()[0], { 'x-forwarded-for': address })
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, each) =>
        from(`203.0.113.${each}`).post('/login', { ...account, password: 'not this one' }),
      ),
    )
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).not.to.have.length(0)
    for (const answer of refused) {
      expect(Number(answer.headers.get('retry-after'))).to.be.within(1, 60)
      expect(answer.$('[role=alert]').text()).to.contain('try again in a moment')
      expect(valuesOn(answer, '/login')).to.include({ email: account.email })
    }
    expect(answers.filter(({ status }) => status === 401)).to.have.length(answers.length - refused.length)
  })

  it('gives a cookie that scripts cannot read and other sites cannot send', async () => {
    const { headers } = await new Person().post('/login', account)
    const cookie = headers.getSetCookie().find((each) => each.startsWith('session='))
    expect(cookie)
      .to.match(/; httponly/i)
      .and.to.match(/; samesite=lax/i)
      .and.to.match(/; path=\//i)
  })

  it('shows signed-in people no form', async () => {
    const { status, location } = await (await signedIn()).get('/login')
    expect([status, location]).to.deep.equal([303, '/products'])
  })
})
