import { expect } from 'chai'
import { type LoneReplica, startReplica } from '../../lone-replica.js'
import { actsOn, administrating, insertRole, type Member, member } from '../../people.js'
import { type Answer, Person, registration, unique } from '../../person.js'
import { databases, replicaAddresses, stack } from '../../system.js'

describe('an invitation', () => {
  let boss: Member
  before(async () => {
    boss = await administrating()
  })

  it('is shown once, and gives its role to who registers with it', async () => {
    const page = await boss.person.get('/invitations')
    const made = await boss.person.submit(page, '/invitations', { role: '3' })
    expect([made.status, made.headers.get('cache-control')]).to.deep.equal([200, 'no-store'])
    const link = linkOn(made)
    expect(link).to.match(/^\/register\?invitation=[\w-]{43}$/)
    expect(made.$('#link').val()).to.equal(`${stack.url}${link}`)
    const row = await databases.users('invitations').orderBy('id', 'desc').first()
    expect(JSON.stringify(await databases.users('invitations'))).not.to.contain(link.slice(-43))
    const account = registration()
    const someone = new Person()
    const form = await someone.get(link)
    expect(form.$('main').text()).to.contain('Your role will be: Viewer')
    expect((await someone.submit(form, '/register', account)).status).to.equal(303)
    const user = await databases.users('users').where({ email: account.email }).first('id', 'role_id')
    expect(user.role_id).to.equal(3)
    expect(await databases.users('invitations').where({ id: row.id }).first()).to.include({ used_by: user.id })
    expect(await actsOn('role', 3)).to.include('invited')
  })

  it('makes one account, where two are made at the same moment on two replicas', async () => {
    for (let round = 0; round < 5; round++) {
      const invitation = (await make(boss, 3)).slice(-43)
      const accounts = [registration(), registration()]
      const [first, second] = replicaAddresses()
      const answers = await Promise.all([
        new Person(first).post('/register', { ...accounts[0], invitation }),
        new Person(second).post('/register', { ...accounts[1], invitation }),
      ])
      expect(answers.map(({ status }) => status)).to.have.members([303, 410])
      expect(
        answers
          .find(({ status }) => status === 410)
          ?.$('main')
          .text(),
      ).to.contain('no longer good')
      const emails = accounts.map(({ email }) => email)
      expect(await databases.users('users').whereIn('email', emails)).to.have.length(1)
    }
  })

  it('was used by who sends the form again, who gets the same answer, by another key as well', async () => {
    const invitation = (await make(boss, 3)).slice(-43)
    const [account, idempotencyKey] = [registration(), unique()]
    for (const address of replicaAddresses()) {
      const answer = await new Person(address).post('/register', { ...account, invitation, idempotencyKey })
      expect([answer.status, answer.location]).to.deep.equal([303, '/products'])
    }
    const again = await new Person().post('/register', { ...account, invitation })
    expect([again.status, again.location]).to.deep.equal([303, '/products?known'])
  })

  it('sent for again with its key has the same link, and another key has another', async () => {
    const sent = { role: '3', idempotencyKey: unique() }
    const links = []
    for (const address of replicaAddresses()) {
      links.push(linkOn(await boss.person.at(address).post('/invitations', sent)))
    }
    expect(new Set(links).size).to.equal(1)
    expect(await make(boss, 3)).not.to.equal(links[0])
  })

  it('is good for a role that its maker may give, and until it is revoked', async () => {
    const manager = await member(await insertRole('users.read', 'users.manage', 'products.read'))
    expect((await manager.person.post('/invitations', { role: '1' })).status).to.equal(403)
    expect((await manager.person.post('/invitations', { role: '2' })).status).to.equal(403)
    const link = await make(manager, 3)
    expect((await new Person().get(link)).status).to.equal(200)
    const page = await boss.person.get('/invitations')
    const action = page.$('form[action$="/revoke"]').first().attr('action') as string
    expect((await boss.person.submit(page, action, {})).location).to.equal('/invitations?revoked')
    expect((await boss.person.post(action, {})).status).to.equal(303)
    await expectOver(link)
  })

  it('ends when its maker may not give that role any more', async () => {
    for (const change of [{ role_id: 3 }, { disabled_at: new Date() }]) {
      const maker = await administrating()
      const link = await make(maker, 2)
      expect((await new Person().get(link)).status).to.equal(200)
      await databases.users('users').where({ id: maker.id }).update(change)
      await expectOver(link)
    }
  })

  it('ends after seven days', async () => {
    const link = await make(boss, 3)
    const latest = await databases.users('invitations').orderBy('id', 'desc').first()
    expect(latest.expires_at - latest.created_at).to.equal(7 * 24 * 3600 * 1000)
    await databases
      .users('invitations')
      .where({ id: latest.id })
      .update({ expires_at: new Date(Date.now() - 1_000) })
    await expectOver(link)
    expect((await boss.person.get('/invitations')).$(`form[action="/invitations/${latest.id}/revoke"]`)).to.have.length(
      0,
    )
  })

  it('is none where it is anything else', async () => {
    for (const invitation of ['', 'x', 'x'.repeat(43), 'x'.repeat(1_000)])
      await expectOver(`/register?invitation=${invitation}`)
    await expectOver('/register?invitation=a&invitation=b')
  })

  async function expectOver(link: string) {
    const page = await new Person().get(link)
    expect([page.status, page.$('main form').length], link).to.deep.equal([410, 0])
    const account = registration()
    const invitation = new URL(link, stack.url).searchParams.get('invitation') ?? ''
    expect((await new Person().post('/register', { ...account, invitation })).status, link).to.equal(410)
    expect(await databases.users('users').where({ email: account.email })).to.have.length(0)
  }
})

describe('registering', () => {
  let boss: Member
  let replica: LoneReplica | undefined
  before(async () => {
    boss = await administrating()
  })
  afterEach(() => replica?.stop())

  it('gives the role of the setting', async () => {
    replica = await startReplica({ REGISTRATION_ROLE: 'viewer' })
    const account = registration()
    expect((await new Person(replica.address).post('/register', account)).status).to.equal(303)
    expect(await databases.users('users').where({ email: account.email }).first()).to.include({ role_id: 3 })
  })

  it('is for those who are invited, where the setting says so, and nothing leads others there', async () => {
    replica = await startReplica({ REGISTRATION: 'invite' })
    await expectNoWayIn(replica.address, 'you need an invitation')
    const invitation = (await make(boss, 2)).slice(-43)
    const account = registration()
    const stranger = new Person(replica.address)
    const form = await stranger.get(`/register?invitation=${invitation}`)
    expect((await stranger.submit(form, '/register', account)).status).to.equal(303)
    await expectNoWayIn(replica.address, 'you need an invitation')
  })

  it('is for nobody, invited or not, where the setting says so', async () => {
    replica = await startReplica({ REGISTRATION: 'closed' })
    await expectNoWayIn(replica.address, 'No accounts can be created')
    const invitation = (await make(boss, 2)).slice(-43)
    const account = registration()
    expect((await new Person(replica.address).get(`/register?invitation=${invitation}`)).$('main form')).to.have.length(
      0,
    )
    expect((await new Person(replica.address).post('/register', { ...account, invitation })).status).to.equal(403)
    const page = await boss.person.at(replica.address).get('/invitations')
    expect(page.$('form[action="/invitations"]')).to.have.length(0)
    expect((await boss.person.at(replica.address).post('/invitations', { role: '3' })).status).to.equal(403)
  })

  async function expectNoWayIn(address: string, words: string) {
    const stranger = new Person(address)
    for (const path of ['/', '/', '/login', '/login', '/register', '/nowhere']) {
      const { $ } = await stranger.get(path)
      expect($('a[href^="/register"]'), path).to.have.length(0)
    }
    const page = await stranger.get('/register')
    expect([page.status, page.$('main form').length, page.$('main').text()]).to.satisfy(
      ([status, forms, text]: [number, number, string]) => status === 200 && forms === 0 && text.includes(words),
    )
    const account = registration()
    const answer = await stranger.post('/register', account)
    expect([answer.status, answer.$('main').text()]).to.satisfy(
      ([status, text]: [number, string]) => status === 403 && text.includes(words),
    )
    expect(await databases.users('users').where({ email: account.email })).to.have.length(0)
  }
})

async function make({ person }: Member, role: number): Promise<string> {
  return linkOn(await person.post('/invitations', { role: `${role}` }))
}

/** The address of the link on a page, without the site's. */
function linkOn({ $ }: Answer): string {
  const { pathname, search } = new URL($('#link').val() as string)
  return pathname + search
}
