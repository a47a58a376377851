import { expect } from 'chai'
import { unique } from '../../person.js'
import { type Program, signedUp } from '../../program.js'
import { databases, replicaAddresses } from '../../system.js'

describe('people, for programs', () => {
  let boss: Program
  let bossId: number
  before(async () => {
    const { program, id } = await signedUp(1)
    ;[boss, bossId] = [program, id]
  })

  it('are found by part of a name or address', async () => {
    const { id, account } = await signedUp()
    const { json } = await boss.get(`/users?q=${account.email}`)
    expect(json).to.deep.include({ next: null })
    expect(json.users.map((user: { id: number }) => user.id)).to.deep.equal([id])
    expect((await boss.get(`/users/${id}`)).json).to.deep.include({ email: account.email, disabled: false })
    const page = (await boss.get('/users')).json
    expect(page.next === null || page.users.length === 50).to.equal(true)
  })

  it('get a role and are kept out, each once with the key of the request', async () => {
    const someone = await signedUp()
    const key = { 'idempotency-key': unique() }
    for (const address of replicaAddresses()) {
      const { status, json } = await boss
        .at(address)
        .send('PATCH', `/users/${someone.id}`, { role: 3, disabled: true }, key)
      expect([status, json.role.id, json.disabled, json.sessions]).to.deep.equal([200, 3, true, 0])
    }
    expect((await someone.program.get('/auth/whoami')).status).to.equal(401)
    const acts = await databases.users('audit').where({ subject: someone.account.email }).pluck('action')
    expect(acts.filter((action) => action === 'roleGiven' || action === 'disabled')).to.have.members([
      'roleGiven',
      'disabled',
    ])
    expect((await boss.send('PATCH', `/users/${bossId}`, { role: 3 })).status).to.equal(403)
    expect((await boss.send('PATCH', `/users/${someone.id}`, { role: 'x' })).status).to.equal(422)
  })
})

describe('roles, for programs', () => {
  it('are added, changed where they have the version that is named, and deleted', async () => {
    const boss = (await signedUp(1)).program
    const name = `Role ${unique()}`
    const added = await boss.post('/roles', { name, permissions: ['stock.move'] })
    expect([added.status, added.json.permissions]).to.deep.equal([201, ['products.read', 'stock.move']])
    const path = `/roles/${added.json.id}`
    const changed = await boss.send('PATCH', path, { name, permissions: [] }, { 'if-match': '"1"' })
    expect([changed.status, changed.json.permissions, changed.json.version]).to.deep.equal([200, [], 2])
    expect((await boss.send('PATCH', path, { name, permissions: [] }, { 'if-match': '"1"' })).status).to.equal(412)
    expect((await boss.post('/roles', { name, permissions: ['nothing.do'] })).json.errors[0].field).to.equal(
      'permissions',
    )
    expect((await boss.post('/roles', { name, permissions: [] })).json.errors[0].field).to.equal('name')
    expect((await boss.get('/roles')).json.roles.map(({ id }: { id: number }) => id)).to.include(added.json.id)
    expect((await boss.send('DELETE', path)).status).to.equal(204)
    expect((await boss.get(path)).status).to.equal(404)
  })
})

describe('the servers, for programs', () => {
  it('are those that serve', async () => {
    const boss = (await signedUp(1)).program
    const { json } = await boss.get('/cluster')
    expect(json.servers.map(({ name }: { name: string }) => name)).to.include.members(['app1', 'app2', 'app3'])
  })
})
