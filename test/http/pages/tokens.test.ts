import { expect } from 'chai'
import { type Member, member } from '../../people.js'
import { problemsOn, unique } from '../../person.js'
import { Program } from '../../program.js'
import { databases, replicaAddresses, stack } from '../../system.js'

describe('a personal token', () => {
  let owner: Member
  beforeEach(async () => {
    owner = await member()
  })

  it('is shown once, and lets a program do what it names, on every replica', async () => {
    const token = await make({ 'products.read': 'on' })
    expect(token).to.match(/^bodega_[\w-]{43}$/)
    for (const address of replicaAddresses()) {
      const program = new Program(address, token)
      expect((await program.get('/products')).status).to.equal(200)
      expect((await program.post('/products', {})).status).to.equal(403)
      expect((await program.get('/auth/whoami')).json).to.deep.include({ id: owner.id, permissions: ['products.read'] })
    }
    const page = await owner.person.get('/account/tokens')
    expect(page.html).not.to.contain(token)
    const rows = await databases.users('api_tokens').where({ user_id: owner.id })
    expect(JSON.stringify(rows)).not.to.contain(token.slice(7))
    expect(rows[0].expires_at - rows[0].created_at).to.equal(90 * 24 * 3600 * 1000)
    expect(rows[0].used_at).not.to.equal(null)
  })

  it('sent for again with its key is the same, and another key makes another', async () => {
    const sent = { ...described(), 'products.read': 'on', idempotencyKey: unique() }
    const made = []
    for (const address of replicaAddresses()) {
      made.push((await owner.person.at(address).post('/account/tokens', sent)).$('#token').val())
    }
    expect(new Set(made).size).to.equal(1)
    expect(await make({ 'products.read': 'on' })).not.to.equal(made[0])
    expect(await databases.users('api_tokens').where({ user_id: owner.id })).to.have.length(2)
  })

  it('never allows more than its owner may by now', async () => {
    const token = await make({ 'products.write': 'on', 'users.manage': 'on' })
    const program = new Program(stack.url, token)
    expect((await program.get('/auth/whoami')).json.permissions).to.deep.equal(['products.read', 'products.write'])
    await databases.users('users').where({ id: owner.id }).update({ role_id: 3 })
    expect((await program.get('/auth/whoami')).json.permissions).to.deep.equal(['products.read'])
    await databases.users('users').where({ id: owner.id }).update({ disabled_at: new Date() })
    expect((await program.get('/auth/whoami')).status).to.equal(401)
  })

  it('ends when it is revoked, or in its time, and is nobody else’s to revoke', async () => {
    const program = new Program(stack.url, await make({ 'products.read': 'on' }))
    const page = await owner.person.get('/account/tokens')
    const action = page.$('form[action$="/revoke"]').attr('action') as string
    const other = await member()
    expect((await other.person.post(action, {})).status).to.equal(303)
    expect((await program.get('/auth/whoami')).status).to.equal(200)
    expect((await owner.person.submit(page, action, {})).location).to.equal('/account/tokens?revoked')
    expect((await program.get('/auth/whoami')).status).to.equal(401)
    const old = new Program(stack.url, await make({ 'products.read': 'on' }))
    await databases
      .users('api_tokens')
      .where({ user_id: owner.id })
      .update({ expires_at: new Date(Date.now() - 1_000) })
    expect((await old.get('/auth/whoami')).status).to.equal(401)
    const acts = await databases.users('audit').where({ subject_id: owner.id }).pluck('action')
    expect(acts.filter((act) => act.startsWith('token'))).to.deep.equal(['tokenMade', 'tokenRevoked', 'tokenMade'])
  })

  it('is not made without the password, a name and something that it may do', async () => {
    const wrong = await owner.person.post('/account/tokens', {
      ...described(),
      'products.read': 'on',
      currentPassword: 'another phrase',
    })
    expect([wrong.status, Object.keys(problemsOn(wrong))]).to.deep.equal([422, ['currentPassword']])
    expect(wrong.$('[name="products.read"]').attr('checked')).to.equal('checked')
    const nothing = await owner.person.post('/account/tokens', { ...described(), name: '', days: '7' })
    expect([nothing.status, Object.keys(problemsOn(nothing))]).to.satisfy(([status, names]: [number, string[]]) => {
      return status === 422 && ['name', 'days', 'scopes'].every((name) => names.includes(name))
    })
    expect((await owner.person.post('/account/tokens', { ...described(), 'users.read': 'on' })).status).to.equal(422)
    expect(await databases.users('api_tokens').where({ user_id: owner.id })).to.have.length(0)
  })

  it('is one of fifty at most', async () => {
    const row = {
      user_id: owner.id,
      name: 'x',
      scopes: '',
      created_at: new Date(),
      expires_at: new Date(Date.now() + 60_000),
    }
    const hash = () => Buffer.from(unique().padEnd(32).slice(0, 32))
    await databases.users('api_tokens').insert(Array.from({ length: 50 }, () => ({ ...row, token_hash: hash() })))
    const refused = await owner.person.post('/account/tokens', { ...described(), 'products.read': 'on' })
    expect([refused.status, problemsOn(refused).name]).to.deep.equal([
      422,
      'You have 50 tokens. Revoke one that you do not need.',
    ])
  })

  function described() {
    return { name: 'Till', days: '90', currentPassword: owner.account.password }
  }

  async function make(scopes: Record<string, string>): Promise<string> {
    return (await owner.person.post('/account/tokens', { ...described(), ...scopes })).$('#token').val() as string
  }
})
