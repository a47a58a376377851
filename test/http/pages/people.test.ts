import { expect } from 'chai'
import { permissions } from '../../../app/users/policy.js'
import { actsOn, administrating, insertRole, type Member, member } from '../../people.js'
import { Person, product, unique } from '../../person.js'
import { databases, replicaAddresses } from '../../system.js'

describe('the list of people', () => {
  let boss: Member
  before(async () => {
    boss = await administrating()
  })

  it('has everybody, the newest first, in pages', async () => {
    const all = Number((await databases.users('users').count({ count: '*' }).first())?.count)
    const names = Array.from({ length: 60 }, (_, index) => `Page ${index}`)
    await databases.users('users').insert(names.map(row))
    const first = await boss.person.get('/users')
    expect(firstNames(first.$)).to.have.length(50).and.include('Page 59 García').and.not.include('Page 9 García')
    const second = await boss.person.get(first.$('[rel=next]').attr('href') as string)
    expect(firstNames(second.$))
      .to.include('Page 9 García')
      .and.have.length(Math.min(50, all + 10))
    expect(second.$('[rel=first]').attr('href')).to.equal('/users')
  })

  it('is searched by name and address, as it is typed', async () => {
    const mark = unique()
    await databases.users('users').insert([row(`Íñigo ${mark}`), row(`100% ${mark}`)])
    expect(await found(`inigo ${mark} garcia`)).to.deep.equal([`Íñigo ${mark} García`])
    expect(await found(`0% ${mark}`)).to.deep.equal([`100% ${mark} García`])
    expect(await found(`_% ${mark}`)).to.deep.equal([])
    expect(await found(`% ${mark}`)).to.deep.equal([`100% ${mark} García`])
    expect(await found(boss.email)).to.have.length(1)
    const { $ } = await boss.person.get(`/users?q=${unique()}`)
    expect($('.empty').text()).to.contain('Nobody found')
  })

  it('takes whatever an address says', async () => {
    for (const query of ['?q=a&q=b', '?q[x]=1', '?after=x', '?after=-1', `?q=${'x'.repeat(2_000)}`, '?q=%00']) {
      expect((await boss.person.get(`/users${query}`)).status, query).to.equal(200)
    }
  })

  it('is for those who may see it, and so is its item in the menu', async () => {
    const editor = await member()
    for (const path of ['/users', `/users/${boss.id}`, '/roles', '/roles/new', '/roles/2', '/invitations']) {
      expect((await editor.person.get(path)).status, path).to.equal(403)
      expect((await new Person().get(path)).location, path).to.equal(`/login?next=${encodeURIComponent(path)}`)
    }
    const nav = async ({ person }: Member) => (await person.get('/products')).$('nav a[href="/users"]').length
    expect([await nav(editor), await nav(boss)]).to.deep.equal([0, 1])
    const reader = await member(await insertRole('products.read', 'users.read'))
    const { $ } = await reader.person.get(`/users/${boss.id}`)
    expect([$('h1').text(), $('main form').length]).to.deep.equal(['Ana García', 0])
  })

  const found = async (q: string) => firstNames((await boss.person.get(`/users?q=${encodeURIComponent(q)}`)).$)

  function firstNames($: Awaited<ReturnType<Person['get']>>['$']): string[] {
    return $('tbody th')
      .map((_, each) => $(each).text())
      .get()
  }

  function row(first_name: string) {
    const email = `${unique()}@example.org`
    return {
      first_name,
      last_name: 'García',
      email,
      email_key: email,
      password_hash: 'x'.repeat(60),
      created_at: new Date(),
    }
  }
})

describe('a person’s role', () => {
  it('is changed, works with the next request on every replica, and is in the audit', async () => {
    const [boss, other] = [await administrating(), await member()]
    expect((await give(boss, other, 3)).location).to.equal(`/users/${other.id}?done=role`)
    for (const address of replicaAddresses()) {
      expect((await other.person.at(address).get('/products/new')).status).to.equal(403)
    }
    const entry = await databases.users('audit').where({ action: 'roleGiven', subject_id: other.id }).first()
    expect(entry).to.include({ actor: boss.email, subject: other.email })
    expect(JSON.parse(entry.changes)).to.deep.equal({ role: { from: 'editor', to: 'viewer' } })
    const { $ } = await boss.person.get(`/users/${other.id}?done=role`)
    expect([$('[role=status]').text(), $('#role option:checked').text()]).to.deep.equal([
      ...['The role has been changed.', 'Viewer'],
    ])
  })

  it('is not changed where another has changed it since, and the choice is not lost', async () => {
    const [boss, other] = [await administrating(), await member()]
    const page = await boss.person.get(`/users/${other.id}`)
    await databases.users('users').where({ id: other.id }).update({ role_id: 3 })
    const answer = await boss.person.submit(page, `/users/${other.id}/role`, { role: '1' })
    expect([answer.status, answer.$('[role=alert]').text(), answer.$('#role').val()]).to.satisfy(
      ([status, text, value]: string[]) => Number(status) === 409 && text?.includes('another role') && value === '1',
    )
    expect(await roleOf(other)).to.equal(3)
    const again = await boss.person.submit(answer, `/users/${other.id}/role`, {})
    expect([again.status, await roleOf(other)]).to.deep.equal([303, 1])
  })

  it('is none that allows what the giver may not do, and nobody’s who may more', async () => {
    const manager = await member(await insertRole('users.read', 'users.manage', 'products.read'))
    const [viewer, editor, boss] = [await member(3), await member(2), await administrating()]
    const { $ } = await manager.person.get(`/users/${viewer.id}`)
    expect(
      $('#role option')
        .map((_, each) => $(each).attr('value'))
        .get(),
    )
      .to.include('3')
      .and.not.include.members(['1'])
    expect(await statusOf(manager, viewer, 'role', { role: '2', from: '3' })).to.equal(403)
    expect(await statusOf(manager, viewer, 'role', { role: '1', from: '3' })).to.equal(403)
    expect(await statusOf(manager, editor, 'role', { role: '3', from: '2' })).to.equal(403)
    for (const act of ['disable', 'enable', 'sessions/end']) {
      expect(await statusOf(manager, boss, act)).to.equal(403)
    }
    expect([await roleOf(viewer), await roleOf(editor)]).to.deep.equal([3, 2])
    expect((await boss.person.get('/products')).status).to.equal(200)
    const page = await manager.person.get(`/users/${boss.id}`)
    expect([page.$('main form').length, page.$('main').text()]).to.satisfy(
      ([forms, text]: [number, string]) => forms === 0 && text.includes('may do more than you'),
    )
  })

  it('is none with a permission of a newer version, but for administrators', async () => {
    const manager = await member(await insertRole('users.read', 'users.manage'))
    const [boss, other] = [await administrating(), await member(await insertRole())]
    const newer = await insertRole('users.read', 'rockets.launch')
    const from = `${await roleOf(other)}`
    expect(await statusOf(manager, other, 'role', { role: `${newer}`, from })).to.equal(403)
    expect(await statusOf(boss, other, 'role', { role: `${newer}`, from })).to.equal(303)
  })

  it('is not one’s own to change, nor is one’s access', async () => {
    const boss = await administrating()
    await administrating()
    expect(await statusOf(boss, boss, 'role', { role: '2', from: '1' })).to.equal(403)
    for (const act of ['disable', 'enable', 'sessions/end']) expect(await statusOf(boss, boss, act)).to.equal(403)
    expect((await boss.person.get(`/users/${boss.id}`)).$('main a[href="/account"]')).to.have.length(1)
  })

  it('is one that there is', async () => {
    const [boss, other] = [await administrating(), await member()]
    for (const role of ['', '0', 'x', '987654321', 'x'.repeat(60_000)]) {
      const answer = await boss.person.post(`/users/${other.id}/role`, { role, from: '2' })
      expect([answer.status, answer.$('#role-problem').text()]).to.deep.equal([422, 'Choose a role.'])
    }
    expect(await statusOf(boss, { id: 987654321 }, 'role', { role: '2', from: '2' })).to.equal(404)
  })

  it('is refused with all permissions missing but the others', async () => {
    const others = ['users.read', 'roles.manage', 'audit.read', 'products.read', 'cluster.read']
    const [actor, other] = [await member(await insertRole(...others)), await member(3)]
    for (const act of ['role', 'disable', 'enable', 'sessions/end']) {
      expect(await statusOf(actor, other, act, { role: '3', from: '3' })).to.equal(403)
    }
    expect((await actor.person.post('/invitations', { role: '3' })).status).to.equal(403)
  })
})

describe('a person’s history', () => {
  it('is shown to those who may see the audit, with who did it', async () => {
    const [boss, other] = [await administrating(), await member()]
    const manager = await member(await insertRole('users.manage', 'products.read'))
    await give(boss, other, 3)
    const history = async ({ person }: Member) => (await person.get(`/users/${other.id}`)).$('ol.latest').text()
    expect(await history(boss))
      .to.match(/Role of an account changed.*Created the account/s)
      .and.contain(boss.email)
      .and.not.contain(other.email)
    expect(await history(manager)).to.equal('')
  })
})

describe('a disabled account', () => {
  it('is signed out with the next request on every replica, cannot sign in, and can once it is enabled', async () => {
    const [boss, other] = [await administrating(), await member()]
    const [first] = replicaAddresses()
    const disabled = await boss.person.at(first as string).post(`/users/${other.id}/disable`, {})
    expect(disabled.location).to.equal(`/users/${other.id}?done=disabled`)
    for (const address of replicaAddresses()) {
      expect((await other.person.at(address).get('/products')).location).to.match(/^\/login/)
    }
    expect(await databases.users('sessions').where({ user_id: other.id })).to.have.length(0)
    expect((await new Person().post('/login', other.account)).status).to.equal(403)
    expect((await boss.person.get('/users')).$('tbody tr').first().text()).to.contain('Disabled')
    await databases.users('sessions').insert({ ...slowSignIn(), user_id: other.id })
    const page = await boss.person.get(`/users/${other.id}`)
    expect((await boss.person.submit(page, `/users/${other.id}/enable`, {})).status).to.equal(303)
    expect(await databases.users('sessions').where({ user_id: other.id })).to.have.length(0)
    expect((await new Person().post('/login', other.account)).status).to.equal(303)
    const acts = await actsOn('user', other.id)
    expect(acts).to.deep.equal(['register', 'disabled', 'signInFailed', 'enabled', 'signIn'])
  })

  const slowSignIn = () => ({
    id_hash: Buffer.from(unique().padEnd(32)),
    created_at: new Date(),
    expires_at: new Date(Date.now() + 60_000),
  })

  it('stays so when it is disabled again', async () => {
    const [boss, other] = [await administrating(), await member()]
    for (const _ of [1, 2]) expect(await statusOf(boss, other, 'disable')).to.equal(303)
    expect(await actsOn('user', other.id)).to.deep.equal(['register', 'disabled'])
  })
})

describe('a person’s sessions', () => {
  it('are counted, and ended on every replica', async () => {
    const [boss, other] = [await administrating(), await member()]
    const elsewhere = new Person()
    await elsewhere.post('/login', other.account)
    const page = await boss.person.get(`/users/${other.id}`)
    expect(page.$('.facts').text()).to.match(/Open sessions\s*2/)
    await boss.person.submit(page, `/users/${other.id}/sessions/end`, {})
    for (const address of replicaAddresses()) {
      for (const each of [other.person, elsewhere])
        expect((await each.at(address).get('/products')).status).to.equal(303)
    }
    const after = await boss.person.get(`/users/${other.id}?done=sessions`)
    expect(after.$(`form[action="/users/${other.id}/sessions/end"]`)).to.have.length(0)
  })
})

describe('the last administrator', () => {
  beforeEach(() => databases.users('users').where({ role_id: 1 }).update({ role_id: 2 }))

  it('is neither demoted nor disabled by whoever may as much', async () => {
    const boss = await administrating()
    const equal = await member(await insertRole(...permissions))
    for (const [act, fields] of [['disable'], ['role', { role: '2', from: '1' }]] as const) {
      const answer = await equal.person.post(`/users/${boss.id}/${act}`, fields ?? {})
      expect([answer.status, answer.$('[role=alert]').text()]).to.satisfy(
        ([status, text]: [number, string]) => status === 409 && text.includes('last administrator'),
      )
    }
    expect((await boss.person.get('/users')).status).to.equal(200)
  })

  for (const [what, act] of Object.entries({ demote: 'role', disable: 'disable' })) {
    it(`is left where two ${what} each other at the same moment on two replicas`, async function () {
      this.timeout(60_000)
      const [one, other] = [await administrating(), await administrating()]
      const [first, second] = replicaAddresses() as [string, string]
      for (let round = 0; round < 25; round++) {
        await databases.users('users').whereIn('id', [one.id, other.id]).update({ role_id: 1, disabled_at: null })
        if (act === 'disable') for (const each of [one, other]) await each.person.post('/login', each.account)
        const fields = { role: '2', from: '1' }
        const answers = await Promise.all([
          one.person.at(first).post(`/users/${other.id}/${act}`, fields),
          other.person.at(second).post(`/users/${one.id}/${act}`, fields),
        ])
        const statuses = answers.map(({ status }) => status)
        expect(
          statuses.filter((status) => status === 303),
          `${statuses}`,
        ).to.have.length(1)
        const left = await databases.users('users').where({ role_id: 1, disabled_at: null })
        expect(left, `round ${round}`).to.have.length(1)
      }
    })
  }
})

async function give(actor: Member, { id }: Member, role: number) {
  return actor.person.submit(await actor.person.get(`/users/${id}`), `/users/${id}/role`, { role: `${role}` })
}

async function statusOf(actor: Member, { id }: { id: number }, act: string, fields: Record<string, string> = {}) {
  return (await actor.person.post(`/users/${id}/${act}`, fields)).status
}

async function roleOf({ id }: Member): Promise<number> {
  return (await databases.users('users').where({ id }).first('role_id')).role_id
}

describe('a person’s account', () => {
  it('is deleted with its sessions, once, and what they recorded stays', async () => {
    const boss = await administrating()
    const someone = await member()
    const { location } = await someone.person.post('/products', product())
    const page = await boss.person.get(`/users/${someone.id}/delete`)
    const key = page.$('form#form [name=idempotencyKey]').val() as string
    for (const address of replicaAddresses()) {
      const answer = await boss.person.at(address).post(`/users/${someone.id}/delete`, { idempotencyKey: key })
      expect([answer.status, answer.location]).to.deep.equal([303, '/users?deleted'])
    }
    expect((await someone.person.get('/products')).location).to.contain('/login')
    expect((await boss.person.get(location?.split('?')[0] as string)).status).to.equal(200)
    expect((await boss.person.get('/users?deleted')).$('[role=status]').text()).to.equal(
      'The account has been deleted.',
    )
    expect(await actsOn('user', someone.id)).to.deep.equal(['register', 'accountDeleted'])
  })

  it('is not deleted by themselves here, by those who may less, nor where nobody would be left', async () => {
    const boss = await administrating()
    expect((await boss.person.post(`/users/${boss.id}/delete`, {})).status).to.equal(403)
    const manager = await member(await insertRole('users.read', 'users.manage'))
    expect((await manager.person.post(`/users/${boss.id}/delete`, {})).status).to.equal(403)
    expect((await boss.person.get(`/users/987654321/delete`)).status).to.equal(404)
  })
})
