import { expect } from 'chai'
import { tokenHash } from '../../../app/users/reset-tokens.js'
import { waitUntil } from '../../../stack/processes.js'
import { type LoneReplica, startReplica } from '../../lone-replica.js'
import { openMailbox } from '../../mailbox.js'
import { Person, problemsOn, registration, signedIn, unique } from '../../person.js'
import { databases, replicaAddresses, stack } from '../../system.js'

const newPassword = 'purple monkey dishwasher'
const sentPage = '/forgotten?sent'

describe('a forgotten password', () => {
  let mailbox: Awaited<ReturnType<typeof openMailbox>>
  let replica: LoneReplica
  before(async () => {
    mailbox = await openMailbox()
    const mail = {
      MAIL_URL: mailbox.url,
      MAIL_FROM: 'Bodega <bodega@example.org>',
      PUBLIC_URL: 'https://bodega.example',
    }
    replica = await startReplica(mail)
  })
  after(async () => {
    await replica.stop()
    mailbox.close()
  })

  it('is replaced by a link that comes by mail, works once, and ends all sessions', async () => {
    const account = registration()
    const old = await signedIn(account)
    const person = new Person(replica.address)
    const login = await person.get('/login')
    expect(login.$('a[href="/forgotten"]').text()).to.equal('Forgotten your password?')
    const asked = await person.submit(await person.get('/forgotten'), '/forgotten', { email: account.email })
    expect(asked.location).to.equal(sentPage)
    const link = await linkFor(account.email)
    expect(link.origin).to.equal('https://bodega.example')
    // Any replica takes it, whichever sent it.
    const anywhere = new Person()
    const page = await anywhere.get(link.pathname + link.search)
    expect(page.headers.get('cache-control')).to.equal('no-store')
    const own = await anywhere.submit(page, '/reset', { newPassword: 'ana garcía ana' })
    expect(problemsOn(own)).to.have.keys('newPassword')
    const done = await anywhere.submit(page, '/reset', { newPassword, idempotencyKey: unique() })
    expect(done.location).to.equal('/login?reset')
    expect((await anywhere.get('/login?reset')).$('.notice').text()).to.contain('has been changed')
    for (const address of replicaAddresses()) expect((await old.at(address).get('/products')).status).to.equal(303)
    expect((await new Person().post('/login', account)).status).to.equal(401)
    expect((await new Person().post('/login', { ...account, password: newPassword })).status).to.equal(303)
    const again = await anywhere.get(link.pathname + link.search)
    expect([again.status, again.$('form[action="/reset"]').length]).to.deep.equal([410, 0])
    const used = await anywhere.post('/reset', { token: link.searchParams.get('token') ?? '', newPassword })
    expect(used.status).to.equal(410)
  })

  it('sent again is answered as the first time, though its link is used by then', async () => {
    const link = await askFor(registration())
    const token = link.searchParams.get('token') as string
    const sent = { token, newPassword, idempotencyKey: unique() }
    const answers = await Promise.all(replicaAddresses().map((address) => new Person(address).post('/reset', sent)))
    expect(answers.map(({ location }) => location)).to.deep.equal(Array(3).fill('/login?reset'))
  })

  it('is replaced once, when two come at once on two replicas', async () => {
    const link = await askFor(registration())
    const token = link.searchParams.get('token') as string
    const answers = await Promise.all(
      replicaAddresses().map((address) => new Person(address).post('/reset', { token, newPassword })),
    )
    expect(answers.map(({ status }) => status).sort()).to.deep.equal([303, 410, 410])
  })

  it('has a link for 30 minutes', async () => {
    const link = await askFor(registration())
    const token = link.searchParams.get('token') as string
    const row = databases.users('password_resets').where({ token_hash: tokenHash(token) })
    const { left } = await row.first(
      databases.users.raw('TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), expires_at) AS `left`'),
    )
    expect(left).to.be.within(1_740, 1_800)
    await row.update({ expires_at: databases.users.raw('UTC_TIMESTAMP(3)') })
    expect((await new Person().post('/reset', { token, newPassword })).status).to.equal(410)
  })

  it('tells nobody which addresses have an account', async () => {
    const account = registration()
    await signedIn(account)
    const person = new Person(replica.address)
    const answers = []
    for (const email of [account.email, registration().email]) answers.push(await person.post('/forgotten', { email }))
    const [known, unknown] = answers.map(({ status, location, html }) => ({ status, location, html }))
    expect(known).to.deep.equal({ status: 303, location: sentPage, html: known?.html })
    expect(unknown).to.deep.equal(known)
  })

  it('floods nobody’s mailbox', async () => {
    const account = registration()
    await signedIn(account)
    const person = new Person(replica.address)
    for (let count = 0; count < 5; count++) await person.post('/forgotten', { email: account.email })
    await waitUntil('mails are left', 20, async () => (await databases.users('mails')).length === 0)
    expect(mailsTo(account.email)).to.have.length(3)
  })

  it('is asked for thirty times from one address, and no more', async () => {
    const person = new Person(replica.address, { 'x-forwarded-for': '203.0.113.77' })
    const statuses = []
    for (let count = 0; count < 31; count++) {
      statuses.push((await person.post('/forgotten', { email: registration().email })).status)
    }
    expect(statuses).to.deep.equal([...Array(30).fill(303), 429])
  })

  it('has its mail sent later, where the server takes none now', async () => {
    mailbox.refusing = true
    const account = registration()
    await signedIn(account)
    await new Person(replica.address).post('/forgotten', { email: account.email })
    await waitUntil('it was not tried', 20, async () => replica.log().includes('"job":"mails"'))
    mailbox.refusing = false
    await databases.users('mails').update({ due_at: databases.users.raw('UTC_TIMESTAMP(3)') }) // as a minute later
    expect((await linkFor(account.email)).pathname).to.equal('/reset')
  })

  it('leads to the administrator where no mail is set up', async () => {
    const { $, status } = await new Person(stack.url).get('/forgotten')
    expect([status, $('form[action="/forgotten"]').length]).to.deep.equal([200, 0])
    expect($('main').text()).to.contain('Ask whoever administers Bodega')
    expect((await new Person(stack.url).post('/forgotten', { email: registration().email })).status).to.equal(404)
  })

  function mailsTo(email: string) {
    return mailbox.mails.filter(({ to }) => to.includes(email))
  }

  async function linkFor(email: string): Promise<URL> {
    await waitUntil('no mail came', 20, async () => mailsTo(email).length > 0)
    const raw = (mailsTo(email)[0]?.raw ?? '').replaceAll('=\r\n', '').replaceAll('=3D', '=')
    return new URL(/https?:\S+/.exec(raw)?.[0] as string)
  }

  async function askFor(account: ReturnType<typeof registration>): Promise<URL> {
    await signedIn(account)
    await new Person(replica.address).post('/forgotten', { email: account.email })
    return linkFor(account.email)
  }
})
