import { expect } from 'chai'
import { waitUntil } from '../../../stack/processes.js'
import { type LoneReplica, startReplica } from '../../lone-replica.js'
import { openMailbox } from '../../mailbox.js'
import { actsOn, administrating, insertRole, type Member, member } from '../../people.js'
import { type Answer, Person, unique } from '../../person.js'
import { databases, replicaAddresses } from '../../system.js'

const newPassword = 'purple monkey dishwasher'

describe('a link for somebody who forgot their password', () => {
  let boss: Member
  before(async () => {
    boss = await administrating()
  })

  it('is shown once where no mail is set up, and works once', async () => {
    const someone = await member()
    const page = await boss.person.get(`/users/${someone.id}`)
    expect(page.$('main').text()).to.contain('No mail is set up')
    const made = await boss.person.submit(page, pathOf(someone), {})
    expect([made.status, made.headers.get('cache-control')]).to.deep.equal([200, 'no-store'])
    const link = linkOn(made)
    const form = await new Person().get(link)
    expect((await new Person().submit(form, '/reset', { newPassword })).location).to.equal('/login?reset')
    expect((await someone.person.get('/products')).status).to.equal(303)
    const credentials = { email: someone.email, password: newPassword }
    expect((await new Person().post('/login', credentials)).status).to.equal(303)
    expect((await new Person().get(link)).status).to.equal(410)
    expect(await actsOn('user', someone.id)).to.include.members(['resetRequested', 'passwordReset'])
    const [entry] = await databases.users('audit').where({ subject_id: someone.id, action: 'resetRequested' })
    expect(entry.actor_id).to.equal(boss.id)
    const stored = JSON.stringify(await databases.users('idempotency_keys').whereNotNull('result').pluck('result'))
    expect(stored).not.to.contain(link.slice(-43))
  })

  it('sent for again with its key is the same one, and another key has another', async () => {
    const someone = await member()
    const idempotencyKey = unique()
    const links = []
    for (const address of replicaAddresses()) {
      links.push(linkOn(await boss.person.at(address).post(pathOf(someone), { idempotencyKey })))
    }
    expect(new Set(links).size).to.equal(1)
    expect(linkOn(await boss.person.post(pathOf(someone), {}))).not.to.equal(links[0])
  })

  it('is made three times an hour, wherever it is asked for', async () => {
    const someone = await member()
    const replicas = [...replicaAddresses(), ...replicaAddresses()]
    const answers = await Promise.all(replicas.map((address) => boss.person.at(address).post(pathOf(someone), {})))
    const statuses = answers.map(({ status }) => status).sort()
    expect(statuses).to.deep.equal([200, 200, 200, 429, 429, 429])
    const refused = answers.find(({ status }) => status === 429) as Answer
    expect(refused.$('.notice.bad').text()).to.contain('again in 60 minutes')
    expect(await databases.users('password_resets').where({ user_id: someone.id })).to.have.length(3)
    await databases
      .users('password_resets')
      .where({ user_id: someone.id })
      .update({ created_at: new Date(Date.now() - 3_601_000) })
    expect((await boss.person.post(pathOf(someone), {})).status).to.equal(200)
  })

  it('is neither for oneself, nor for somebody who may more or may not sign in', async () => {
    const manager = await member(await insertRole('users.manage', 'products.read'))
    const [viewer, disabled] = [await member(3), await member(3)]
    await databases.users('users').where({ id: disabled.id }).update({ disabled_at: new Date() })
    expect((await manager.person.post(pathOf(viewer), {})).status).to.equal(200)
    expect((await manager.person.post(pathOf(boss), {})).status).to.equal(403)
    expect((await manager.person.post(pathOf(manager), {})).status).to.equal(403)
    expect((await viewer.person.post(pathOf(manager), {})).status).to.equal(403)
    const refused = await manager.person.post(pathOf(disabled), {})
    expect([refused.status, refused.$('.notice.bad').text()]).to.deep.equal([
      409,
      'This account is disabled. Enable it before you send a link.',
    ])
    expect(refused.$(`form[action="${pathOf(disabled)}"]`)).to.have.length(0)
    expect((await manager.person.post('/users/999999999/reset-link', {})).status).to.equal(404)
  })

  describe('where mail is set up', () => {
    let mailbox: Awaited<ReturnType<typeof openMailbox>>
    let replica: LoneReplica
    before(async () => {
      mailbox = await openMailbox()
      const mail = { MAIL_URL: mailbox.url, MAIL_FROM: 'bodega@example.org', PUBLIC_URL: 'https://bodega.example' }
      replica = await startReplica(mail)
    })
    after(async () => {
      await replica.stop()
      mailbox.close()
    })

    it('comes by mail, in their language, and is shown to nobody', async () => {
      const someone = await member()
      await databases.users('users').where({ id: someone.id }).update({ locale: 'es' })
      const manager = boss.person.at(replica.address)
      const page = await manager.get(`/users/${someone.id}`)
      const sent = await manager.submit(page, pathOf(someone), {})
      expect(sent.location).to.equal(`/users/${someone.id}?done=resetLink`)
      expect((await manager.get(sent.location as string)).$('.notice').text()).to.contain('on its way')
      const received = () => mailbox.mails.filter(({ to }) => to.includes(someone.email))
      await waitUntil('no mail came', 20, async () => received().length > 0)
      const raw = (received()[0]?.raw ?? '').replaceAll('=\r\n', '').replaceAll('=3D', '=')
      expect(raw).to.contain('contrase')
      const link = new URL(/https?:\S+/.exec(raw)?.[0] as string)
      const form = await new Person().get(link.pathname + link.search)
      expect((await new Person().submit(form, '/reset', { newPassword })).location).to.equal('/login?reset')
    })
  })
})

function pathOf({ id }: Member): string {
  return `/users/${id}/reset-link`
}

/** The link that a page shows, without its host. */
function linkOn({ $ }: Answer): string {
  const { pathname, search } = new URL($('#link').val() as string)
  return pathname + search
}
