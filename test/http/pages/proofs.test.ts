import { expect } from 'chai'
import { waitUntil } from '../../../stack/processes.js'
import { type LoneReplica, startReplica } from '../../lone-replica.js'
import { openMailbox, textOf } from '../../mailbox.js'
import { actsOn, administrating, type Member, member } from '../../people.js'
import { Person, problemsOn, registration, signedIn, unique } from '../../person.js'
import { databases, stack } from '../../system.js'

const newPassword = 'purple monkey dishwasher'

describe('where mail is set up', () => {
  let mailbox: Awaited<ReturnType<typeof openMailbox>>
  let replicas: LoneReplica[]
  let address: string
  before(async () => {
    mailbox = await openMailbox()
    const mail = { MAIL_URL: mailbox.url, MAIL_FROM: 'bodega@example.org', PUBLIC_URL: 'https://bodega.example' }
    replicas = await Promise.all([startReplica(mail), startReplica(mail)])
    address = replicas[0]?.address as string
  })
  after(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()))
    mailbox.close()
  })

  describe('whoever registers', () => {
    it('gets a link, chooses the password by it, and is signed in', async () => {
      const { password: _, ...names } = registration()
      const person = from()
      const form = await person.get('/register')
      expect(form.$('[name=password]')).to.have.length(0)
      const sent = await person.submit(form, '/register', names)
      expect(sent.location).to.equal('/register?sent')
      expect((await person.get('/register?sent')).$('h1').text()).to.equal('Check your mail')
      expect(await accountsOf(names.email)).to.deep.equal([])
      const link = await linkTo(names.email)
      expect(JSON.stringify(await databases.users('address_proofs'))).not.to.contain(link.slice(-43))
      const page = await person.get(link)
      expect(page.headers.get('cache-control')).to.equal('no-store')
      expect(page.$('main').text()).to.contain(names.email)
      const own = await person.submit(page, '/confirm', { newPassword: 'ana garcía ana' })
      expect([own.status, Object.keys(problemsOn(own))]).to.deep.equal([422, ['newPassword']])
      expect(await accountsOf(names.email)).to.deep.equal([])
      const done = await person.submit(page, '/confirm', { newPassword })
      expect([done.status, done.location]).to.deep.equal([303, '/products'])
      expect((await person.get('/products')).status).to.equal(200)
      const [account] = await accountsOf(names.email)
      expect(account).to.include({ first_name: 'Ana', role_id: 2 })
      expect(await actsOn('user', account.id)).to.deep.equal(['register'])
      expect((await new Person().post('/login', { ...names, password: newPassword })).status).to.equal(303)
      expect((await from().get(link)).status).to.equal(410)
      expect((await from().post('/confirm', { token: link.slice(-43), newPassword })).status).to.equal(410)
    })

    it('learns of no address whether it has an account; its owner does', async () => {
      const { password: _, ...known } = registration()
      await signedIn(known)
      const { password: __, ...unknown } = registration()
      const answers = []
      for (const names of [known, unknown]) answers.push(await from().post('/register', names))
      const [first, second] = answers.map(({ status, location, html }) => ({ status, location, html }))
      expect([first?.status, first?.location]).to.deep.equal([303, '/register?sent'])
      expect(second).to.deep.equal(first)
      const text = await mailTo(known.email)
      expect(text).to.contain('https://bodega.example/login').and.contain('/forgotten').and.not.contain('/confirm')
      expect(await mailTo(unknown.email)).to.contain('/confirm?token=')
      expect(await accountsOf(known.email)).to.have.length(1)
    })

    it('is answered as the first time when the form is sent again', async () => {
      const { link } = await ask()
      const sent = { token: link.slice(-43), newPassword, idempotencyKey: unique() }
      const people = [from(0), from(1)]
      const answers = await Promise.all(people.map((person) => person.post('/confirm', sent)))
      expect(answers.map(({ location }) => location)).to.deep.equal(['/products', '/products'])
      expect(people[0]?.cookie('session')).to.equal(people[1]?.cookie('session'))
    })

    it('makes one account, where two links are opened at the same moment on two replicas', async () => {
      for (let round = 0; round < 5; round++) {
        const first = await ask()
        const second = round % 2 ? first : await ask(first.names)
        const answers = await Promise.all(
          [first, second].map(({ link }, index) =>
            from(index).post('/confirm', { token: link.slice(-43), newPassword }),
          ),
        )
        expect(answers.map(({ status }) => status)).to.have.members([303, 410])
        expect(await accountsOf(first.names.email)).to.have.length(1)
      }
    })

    it('has 24 hours', async () => {
      const { names, link } = await ask()
      const proofs = databases.users('address_proofs').where({ email: names.email })
      const row = await proofs.clone().first()
      expect(row.expires_at - row.created_at).to.equal(24 * 3600 * 1000)
      await proofs.update({ expires_at: new Date(Date.now() - 1_000) })
      expect((await from().post('/confirm', { token: link.slice(-43), newPassword })).status).to.equal(410)
    })

    it('floods nobody’s mailbox, and is heard thirty times from one network', async () => {
      const { password: _, ...known } = registration()
      await signedIn(known)
      const { password: __, ...unknown } = registration()
      for (const names of [known, unknown]) {
        for (let count = 0; count < 5; count++) await from().post('/register', names)
      }
      await waitUntil('mails are left', 20, async () => (await databases.users('mails')).length === 0)
      expect([mailsTo(known.email).length, mailsTo(unknown.email).length]).to.deep.equal([3, 3])
      const person = new Person(address, { 'x-forwarded-for': '203.0.113.91' })
      const statuses = []
      for (let count = 0; count < 31; count++) statuses.push((await person.post('/register', registration())).status)
      expect(statuses).to.deep.equal([...Array(30).fill(303), 429])
    })

    it('gets the role of their invitation, which is used when the link is', async () => {
      const boss = await administrating()
      const made = await boss.person.submit(await boss.person.get('/invitations'), '/invitations', { role: '3' })
      const invitation = (made.$('#link').val() as string).slice(-43)
      const [first, other] = [await ask({}, invitation), await ask({}, invitation)]
      const confirm = ({ link }: { link: string }) => from().post('/confirm', { token: link.slice(-43), newPassword })
      expect((await confirm(first)).status).to.equal(303)
      expect((await accountsOf(first.names.email))[0].role_id).to.equal(3)
      expect((await confirm(other)).status).to.equal(410)
      expect(await accountsOf(other.names.email)).to.deep.equal([])
      expect((await from().post('/register', { ...registration(), invitation })).status).to.equal(410)
    })
  })

  describe('a new address of an account', () => {
    it('counts when the link is opened that was sent there, and the one before is told', async () => {
      const { someone, email, link } = await change()
      const before = await someone.person.get('/account')
      expect(before.$('.facts').text()).to.contain(someone.email)
      const page = await from().get(link)
      expect(page.$('main').text()).to.contain(email)
      expect((await from().submit(page, '/confirm/email', {})).location).to.equal('/account?done=email')
      expect((await someone.person.get('/account')).$('.facts').text()).to.contain(email)
      expect(await mailTo(someone.email)).to.contain('another e-mail address now')
      expect((await from().post('/confirm/email', { token: link.slice(-43) })).status).to.equal(410)
      expect(await actsOn('user', someone.id)).to.include.members(['emailChangeAsked', 'emailChanged'])
    })

    it('is told to its owner alone where it has an account', async () => {
      const [someone, owner] = [await member(), await member()]
      const answer = await someone.person.at(address).post('/account/email', {
        email: owner.email,
        currentPassword: someone.account.password,
      })
      expect(answer.location).to.equal('/account?done=emailAsked')
      expect(await mailTo(owner.email)).to.contain('already')
    })

    it('comes to nothing when the password was changed since', async () => {
      const { someone, link } = await change()
      const { password: currentPassword } = someone.account
      await someone.person.post('/account/password', { currentPassword, newPassword })
      expect((await from().post('/confirm/email', { token: link.slice(-43) })).status).to.equal(410)
      expect(await accountsOf(someone.email)).to.have.length(1)
    })

    it('is changed once: again by the same key, and by two at once on two replicas', async () => {
      const again = { token: (await change()).link.slice(-43), idempotencyKey: unique() }
      for (const index of [0, 1]) expect((await from(index).post('/confirm/email', again)).status).to.equal(303)
      const token = (await change()).link.slice(-43)
      const answers = await Promise.all([0, 1].map((index) => from(index).post('/confirm/email', { token })))
      expect(answers.map(({ status }) => status)).to.have.members([303, 410])
    })

    it('is none of a new account, nor the other way round', async () => {
      const [asked, changed] = [await ask(), await change()]
      expect((await from().post('/confirm/email', { token: asked.link.slice(-43) })).status).to.equal(410)
      expect((await from().post('/confirm', { token: changed.link.slice(-43), newPassword })).status).to.equal(410)
      expect(await accountsOf(changed.email)).to.deep.equal([])
    })
  })

  it('links are nothing where none is', async () => {
    const token = 'x'.repeat(43)
    expect((await new Person(stack.url).get(`/confirm?token=${token}`)).status).to.equal(404)
    for (const each of ['', 'x', token]) expect((await from().get(`/confirm?token=${each}`)).status).to.equal(410)
  })

  /** Somebody of a network of their own. */
  function from(index = 0): Person {
    const network = unique()
    const forwarded = `2001:db8:${network.slice(0, 4)}:${network.slice(4, 8)}::1`
    return new Person(replicas[index]?.address, { 'x-forwarded-for': forwarded })
  }

  /** Somebody asks for an account. */
  async function ask(of: Partial<ReturnType<typeof registration>> = {}, invitation?: string) {
    const { password: _, ...names } = { ...registration(), ...of }
    const already = mailsTo(names.email).length
    await from().post('/register', { ...names, ...(invitation && { invitation }) })
    return { names, link: await linkTo(names.email, already) }
  }

  /** Somebody asks for another address. */
  async function change(): Promise<{ someone: Member; email: string; link: string }> {
    const someone = await member()
    const { email } = registration()
    const asked = await someone.person
      .at(address)
      .post('/account/email', { email, currentPassword: someone.account.password })
    expect(asked.location).to.equal('/account?done=emailAsked')
    return { someone, email, link: await linkTo(email) }
  }

  function accountsOf(email: string) {
    return databases.users('users').where({ email })
  }

  function mailsTo(email: string) {
    return mailbox.mails.filter(({ to }) => to.includes(email))
  }

  async function mailTo(email: string, already = 0): Promise<string> {
    await waitUntil('no mail came', 20, async () => mailsTo(email).length > already)
    return textOf(mailsTo(email)[already] as (typeof mailbox.mails)[number])
  }

  /** Without its host. */
  async function linkTo(email: string, already = 0): Promise<string> {
    const { origin, pathname, search } = new URL(/https?:\S+/.exec(await mailTo(email, already))?.[0] as string)
    expect(origin).to.equal('https://bodega.example')
    return pathname + search
  }
})
