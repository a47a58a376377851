import { expect } from 'chai'
import { sessionHash } from '../../../app/users/sessions.js'
import { makeAdministrator, Person, problemsOn, registration, signedIn, unique, valuesOn } from '../../person.js'
import { databases, replicaAddresses } from '../../system.js'

const password = registration().password
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

describe('the page of one’s own account', () => {
  it('asks strangers to sign in', async () => {
    for (const path of ['/account', '/account/profile', '/account/email', '/account/password', '/account/delete']) {
      expect((await new Person().get(path)).location).to.equal(`/login?next=${encodeURIComponent(path)}`)
    }
  })

  it('shows who the person is, and what was done with the account', async () => {
    const account = registration({ firstName: 'Íñigo' })
    const person = await signedIn(account)
    await new Person().post('/login', { email: account.email, password: 'quite another one' })
    const { $ } = await person.get('/account')
    expect($('.facts').text()).to.contain('Íñigo García').and.contain(account.email).and.contain('Editor')
    const acts = $('ol.latest li > span:first-child').map((_, each) => $(each).text())
    expect(acts.get()).to.deep.equal(['Failed to sign in', 'Created the account'])
  })

  it('shows an act of a newer version as another one', async () => {
    const account = registration()
    const person = await signedIn(account)
    const row = await databases.users('audit').where({ actor: account.email }).first()
    await databases.users('audit').insert({ ...row, id: undefined, action: 'ofANewerVersion' })
    expect((await person.get('/account')).$('ol.latest li').first().text()).to.contain('Another change')
  })
})

describe('one’s own sessions', () => {
  it('are listed with device, address and replica, and ended one by one, on every replica', async () => {
    const account = registration()
    const person = await signedIn(account)
    const other = new Person(undefined, { 'user-agent': firefox })
    await other.post('/login', account)
    const page = await person.get('/account')
    const [line] = page.$('.sessions li:has(form)').toArray()
    expect(page.$('.sessions li')).to.have.length(2)
    expect(page.$(line).text())
      .to.contain('Firefox on Linux')
      .and.contain('127.0.0.1')
      .and.match(/app[123]/)
    const ended = await person.submit(page, '/account/sessions/end', {})
    expect(ended.location).to.equal('/account?done=session#sessions')
    for (const address of replicaAddresses()) {
      expect((await other.at(address).get('/products')).status).to.equal(303)
      expect((await person.at(address).get('/products')).status).to.equal(200)
    }
  })

  it('are ended all but one', async () => {
    const account = registration()
    const person = await signedIn(account)
    const others = [new Person(), new Person()]
    for (const other of others) await other.post('/login', account)
    await person.submit(await person.get('/account'), '/account/sessions/end-others', {})
    for (const other of others) expect((await other.get('/products')).status).to.equal(303)
    const { $ } = await person.get('/account')
    expect($('.sessions li')).to.have.length(1)
    expect($('form[action="/account/sessions/end-others"]')).to.have.length(0)
  })

  it('are nobody else’s to end', async () => {
    const [person, other] = [await signedIn(), await signedIn()]
    const session = sessionHash(other.cookie('session') as string).toString('hex')
    await person.post('/account/sessions/end', { session })
    expect((await other.get('/products')).status).to.equal(200)
    expect((await person.post('/account/sessions/end', { session: 'x'.repeat(60_000) })).status).to.equal(404)
  })

  it('say where they were last seen, without a write for each page', async () => {
    const person = await signedIn()
    const id_hash = sessionHash(person.cookie('session') as string)
    const row = () => databases.users('sessions').where({ id_hash }).first('seen_at', 'address', 'replica')
    const [address] = replicaAddresses()
    const near = person.at(address as string)
    const before = await row()
    await near.get('/products', { 'x-forwarded-for': '2001:db8::7' })
    expect(await row()).to.deep.equal(before)
    const longAgo = databases.users.raw('UTC_TIMESTAMP(3) - INTERVAL 6 MINUTE')
    await databases.users('sessions').where({ id_hash }).update({ seen_at: longAgo, replica: 'gone' })
    await near.get('/products', { 'x-forwarded-for': '2001:db8::7' })
    expect(await row()).to.deep.include({ address: '2001:db8::7', replica: 'app1' })
  })
})

describe('one’s name and language', () => {
  it('are changed, and the language comes along to other browsers', async () => {
    const account = registration()
    const person = await signedIn(account)
    const page = await person.get('/account/profile')
    const changed = { firstName: 'Anna', lastName: 'Garcia', locale: 'es' }
    expect((await person.submit(page, '/account/profile', changed)).location).to.equal('/account?done=profile')
    expect((await person.get('/account')).$('h1').text()).to.equal('Su cuenta')
    const other = new Person()
    await other.post('/login', account)
    const elsewhere = await other.get('/account')
    expect(elsewhere.$('.facts').text()).to.contain('Anna Garcia').and.contain('Español')
  })

  it('are shown again where they break the rules', async () => {
    const person = await signedIn()
    const sent = { firstName: '', lastName: 'Kept', locale: 'xx' }
    const answer = await person.submit(await person.get('/account/profile'), '/account/profile', sent)
    expect(answer.status).to.equal(422)
    expect(problemsOn(answer)).to.have.keys('firstName')
    expect(valuesOn(answer, '/account/profile')).to.include({ lastName: 'Kept' })
  })
})

describe('one’s e-mail address', () => {
  it('is changed with the password, and is what one signs in with', async () => {
    const account = registration()
    const person = await signedIn(account)
    const email = `new.${unique()}@example.org`
    const refused = await change(person, 'email', { email, currentPassword: 'not the right one' })
    expect([refused.status, problemsOn(refused)]).to.deep.equal([
      422,
      { currentPassword: 'The current password is incorrect.' },
    ])
    expect(valuesOn(refused, '/account/email')).to.include({ email, currentPassword: '' })
    expect((await change(person, 'email', { email, currentPassword: password })).location).to.equal(
      '/account?done=email',
    )
    expect((await new Person().post('/login', account)).status).to.equal(401)
    expect((await new Person().post('/login', { email, password })).status).to.equal(303)
  })

  it('is nobody else’s', async () => {
    const other = registration()
    await signedIn(other)
    const person = await signedIn()
    const answer = await change(person, 'email', { email: other.email, currentPassword: password })
    expect(answer.status).to.equal(409)
    expect(problemsOn(answer)).to.have.keys('email')
  })
})

describe('one’s password', () => {
  const newPassword = 'purple monkey dishwasher'

  it('is changed with the old one, which ends all other sessions', async () => {
    const account = registration()
    const person = await signedIn(account)
    const other = new Person()
    await other.post('/login', account)
    const { location } = await change(person, 'password', { currentPassword: password, newPassword })
    expect(location).to.equal('/account?done=password')
    for (const address of replicaAddresses()) {
      expect((await other.at(address).get('/products')).status).to.equal(303)
      expect((await person.at(address).get('/products')).status).to.equal(200)
    }
    expect((await new Person().post('/login', account)).status).to.equal(401)
    expect((await new Person().post('/login', { ...account, password: newPassword })).status).to.equal(303)
  })

  it('keeps the rules, the one about one’s own name too', async () => {
    const person = await signedIn({ firstName: 'Wilhelmina' })
    for (const wrong of ['short', 'wilhelmina1', 'aaaaaaaaaaaa']) {
      const answer = await change(person, 'password', { currentPassword: password, newPassword: wrong })
      expect([answer.status, Object.keys(problemsOn(answer))]).to.deep.equal([422, ['newPassword']])
    }
  })

  it('is asked for again no more often than when signing in', async () => {
    const account = registration()
    const person = await signedIn(account)
    const guesses = Array.from({ length: 12 }, () =>
      change(person, 'password', { currentPassword: 'not the right one', newPassword }),
    )
    const statuses = (await Promise.all(guesses)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 422)).to.have.length(10)
    expect(statuses.filter((status) => status === 429)).to.have.length(2)
  })

  it('sent again is answered as the first time, though the old one is wrong by then', async () => {
    const account = registration()
    const person = await signedIn(account)
    const sent = { currentPassword: password, newPassword, idempotencyKey: unique() }
    for (const address of replicaAddresses()) {
      expect((await person.at(address).post('/account/password', sent)).location).to.equal('/account?done=password')
    }
    const refusals = await databases.users('audit').where({ subject: account.email, action: 'passwordRefused' })
    expect(refusals).to.have.length(0)
  })
})

describe('deleting one’s account', () => {
  it('asks for the password, says goodbye, and leaves nothing to sign in to', async () => {
    const account = registration()
    const person = await signedIn(account)
    const other = new Person()
    await other.post('/login', account)
    expect((await change(person, 'delete', { currentPassword: 'not the right one' })).status).to.equal(422)
    const { location, headers } = await change(person, 'delete', { currentPassword: password })
    expect(location).to.equal('/?deleted')
    expect(headers.get('clear-site-data')).to.equal('"cache", "storage"')
    expect((await person.get('/?deleted')).$('.notice').text()).to.contain('has been deleted')
    expect((await other.get('/products')).status).to.equal(303)
    expect((await new Person().post('/login', account)).status).to.equal(401)
    const acts = await databases.users('audit').where({ subject: account.email }).orderBy('id').pluck('action')
    expect(acts).to.deep.equal(['register', 'signIn', 'passwordRefused', 'accountDeleted'])
  })

  it('sent again, by a browser that still has its cookie, is answered as the first time', async () => {
    const person = await signedIn()
    const copies = replicaAddresses().map((address) => person.at(address))
    const sent = { currentPassword: password, idempotencyKey: unique() }
    for (const copy of copies) expect((await copy.post('/account/delete', sent)).location).to.equal('/?deleted')
    const anew = await (copies[0] as Person).post('/account/delete', { ...sent, idempotencyKey: unique() })
    expect(anew.status).to.equal(401)
  })

  it('is not for the last administrator', async () => {
    await databases.users('users').where({ role_id: 1 }).update({ role_id: 2 })
    const account = registration()
    const person = await signedIn(account)
    await makeAdministrator(account.email)
    expect((await change(person, 'delete', { currentPassword: password })).status).to.equal(409)
    const another = registration()
    await signedIn(another)
    await makeAdministrator(another.email)
    expect((await change(person, 'delete', { currentPassword: password })).status).to.equal(303)
  })
})

async function change(person: Person, what: string, fields: Record<string, string>) {
  return person.submit(await person.get(`/account/${what}`), `/account/${what}`, fields)
}
