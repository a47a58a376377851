import { expect } from 'chai'
import { actsOn, administrating, insertRole, type Member, member } from '../../people.js'
import { problemsOn, unique } from '../../person.js'
import { databases, replicaAddresses } from '../../system.js'

describe('roles', () => {
  let boss: Member
  before(async () => {
    boss = await administrating()
  })

  it('are listed with what they allow and how many people have each', async () => {
    const id = await insertRole('products.read', 'stock.move')
    for (const _ of [1, 2]) await member(id)
    const { $ } = await boss.person.get('/roles')
    const cells = $(`tr:has(a[href="/roles/${id}"]) td`).map((_, each) => $(each).text())
    expect(cells.get()).to.deep.equal(['See products and Move stock', '2'])
    expect($('tbody th').first().text()).to.equal('Administrator')
  })

  it('are added, named and filled, and what changes works with everybody’s next request', async () => {
    const name = `Keeper ${unique()}`
    const page = await boss.person.get('/roles/new')
    const added = await boss.person.submit(page, '/roles', { name, 'products.read': 'on', 'stock.move': 'on' })
    expect(added.location).to.equal('/roles?done=added')
    const { id } = await databases.users('roles').where({ name }).first('id')
    const keeper = await member(id)
    expect((await keeper.person.get('/products/new')).status).to.equal(403)
    const form = await boss.person.get(`/roles/${id}`)
    expect(
      form
        .$('main :checked')
        .map((_, each) => form.$(each).attr('name'))
        .get(),
    ).to.deep.equal([...['products.read', 'stock.move']])
    const changed = await boss.person.submit(form, `/roles/${id}`, { name: `${name}s`, 'products.write': 'on' })
    expect(changed.location).to.equal('/roles?done=changed')
    for (const address of replicaAddresses()) {
      expect((await keeper.person.at(address).get('/products/new')).status).to.equal(200)
    }
    const { changes } = await databases.users('audit').where({ action: 'roleChanged', subject_id: id }).first()
    expect(JSON.parse(changes)).to.deep.equal({
      name: { from: name, to: `${name}s` },
      permissions: {
        from: ['products.read', 'stock.move'],
        to: ['products.read', 'products.write', 'stock.move'],
      },
    })
  })

  it('have what their other permissions are nothing without', async () => {
    const name = `Keeper ${unique()}`
    await boss.person.post('/roles', { name, 'stock.move': 'on', 'users.manage': 'on' })
    const { permissions } = await databases.users('roles').where({ name }).first('permissions')
    expect(permissions).to.equal('products.read stock.move users.read users.manage')
  })

  it('are shown again with what was typed, where the name is missing or another’s', async () => {
    const other = await insertRole()
    const { name } = await databases.users('roles').where({ id: other }).first('name')
    for (const [typed, problem] of [
      ['', 'Enter the name.'],
      [name, 'Another role has this name. Enter another one.'],
      ['x'.repeat(61), 'Shorten the name to 60 characters or fewer.'],
    ]) {
      const answer = await boss.person.post('/roles', { name: typed, 'audit.read': 'on' })
      expect([answer.status, problemsOn(answer)]).to.deep.equal([422, { name: problem }])
      expect(answer.$('[name="audit.read"]').attr('checked')).to.equal('checked')
    }
  })

  it('keep what others saved meanwhile, and what was typed is not lost', async () => {
    const id = await insertRole('products.read')
    const page = await boss.person.get(`/roles/${id}`)
    const other = await administrating()
    await other.person.submit(await other.person.get(`/roles/${id}`), `/roles/${id}`, { 'audit.read': 'on' })
    const answer = await boss.person.submit(page, `/roles/${id}`, { 'stock.move': 'on' })
    expect([answer.status, answer.$('[role=alert]').text()]).to.satisfy(
      ([status, text]: [number, string]) => status === 409 && text.includes('changed this role'),
    )
    expect(await permissionsIn(id)).to.equal('products.read audit.read')
    expect(answer.$('[name="stock.move"]').attr('checked')).to.equal('checked')
    expect(answer.$('[id="audit.read-hint"]').text()).to.contain('Meanwhile somebody has checked this')
    expect((await boss.person.submit(answer, `/roles/${id}`, {})).status).to.equal(303)
    expect(await permissionsIn(id)).to.equal('products.read stock.move')
  })

  it('keep what a newer version put into them', async () => {
    const id = await insertRole('products.read', 'rockets.launch')
    await boss.person.submit(await boss.person.get(`/roles/${id}`), `/roles/${id}`, { 'audit.read': 'on' })
    expect(await permissionsIn(id)).to.equal('products.read audit.read rockets.launch')
  })

  it('get and lose nothing by those who may not do it themselves', async () => {
    const id = await insertRole('audit.read')
    const manager = await member(await insertRole('roles.manage', 'products.read'))
    const page = await manager.person.get(`/roles/${id}`)
    expect(page.$('[id="audit.read"]').attr('disabled')).to.equal('disabled')
    const version = '1'
    for (const fields of [
      { version, name: 'A' },
      { version, name: 'A', 'audit.read': 'on', 'stock.move': 'on' },
    ]) {
      expect((await manager.person.post(`/roles/${id}`, fields)).status).to.equal(403)
    }
    expect((await manager.person.post('/roles', { name: unique(), 'stock.move': 'on' })).status).to.equal(403)
    expect((await manager.person.post(`/roles/${id}/delete`, {})).status).to.equal(403)
    expect((await manager.person.submit(page, `/roles/${id}`, { 'products.read': 'on' })).status).to.equal(303)
    expect(await permissionsIn(id)).to.equal('products.read audit.read')
  })

  it('from the start keep their names, and the administrator’s cannot be changed', async () => {
    const before = await databases.users('roles').where({ id: 3 }).first()
    const page = await boss.person.get('/roles/3')
    expect(page.$('[name="name"]')).to.have.length(0)
    const sent = { version: `${before.version}`, name: 'Other', 'products.read': 'on', 'audit.read': 'on' }
    expect((await boss.person.post('/roles/3', sent)).status).to.equal(303)
    expect(await databases.users('roles').where({ id: 3 }).first()).to.include({
      ...{ name: 'viewer', permissions: 'products.read audit.read' },
    })
    await databases.users('roles').where({ id: 3 }).update({ permissions: before.permissions })
    expect((await boss.person.get('/roles/1')).$('main form')).to.have.length(0)
    const equal = await member(await insertRole('roles.manage'))
    for (const id of [1, 2, 3]) {
      expect((await boss.person.post(`/roles/${id}/delete`, {})).status).to.equal(403)
      if (id === 1) expect((await equal.person.post('/roles/1', { version: '1' })).status).to.equal(403)
    }
  })

  it('are nobody’s own to change', async () => {
    const id = await insertRole('roles.manage', 'products.read')
    const manager = await member(id)
    expect((await manager.person.get(`/roles/${id}`)).$('main form')).to.have.length(0)
    expect((await manager.person.post(`/roles/${id}`, { version: '1', name: 'Mine' })).status).to.equal(403)
  })

  it('are deleted where nobody has them', async () => {
    const id = await insertRole('products.read')
    const someone = await member(id)
    const page = await boss.person.get(`/roles/${id}`)
    const refused = await boss.person.submit(page, `/roles/${id}/delete`, {})
    expect([refused.status, refused.$('[role=alert]').text()]).to.satisfy(
      ([status, text]: [number, string]) => status === 409 && text.includes('Somebody has this role'),
    )
    await databases.users('users').where({ id: someone.id }).update({ role_id: 3 })
    const anew = await boss.person.get(`/roles/${id}`)
    expect((await boss.person.submit(anew, `/roles/${id}/delete`, {})).location).to.equal('/roles?done=deleted')
    expect((await boss.person.get(`/roles/${id}`)).status).to.equal(404)
    expect(await actsOn('role', id)).to.deep.equal(['roleDeleted'])
  })

  async function permissionsIn(id: number): Promise<string> {
    return (await databases.users('roles').where({ id }).first('permissions')).permissions
  }
})
