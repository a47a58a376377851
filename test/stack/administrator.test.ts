import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { Person, registration, signedIn } from '../person.js'
import { databases, replicaAddresses, stack } from '../system.js'

describe('the command that makes an administrator', () => {
  it('does so at once, on every replica, and the audit says so', async () => {
    const account = registration()
    const person = await signedIn(account)
    expect((await person.get('/status')).status).to.equal(403)
    expect(run(account.email.toUpperCase()).status).to.equal(0)
    for (const address of replicaAddresses()) expect((await person.at(address).get('/status')).status).to.equal(200)
    const acts = await databases.users('audit').where({ subject: account.email, action: 'madeAdministrator' })
    expect(acts.map(({ actor_id, replica }) => [actor_id, replica])).to.deep.equal([[null, 'operator']])
  })

  it('lets one in where nobody may register: with --link it makes the account, and its password is chosen by the link', async () => {
    const { email } = registration()
    const first = run(email, '--link')
    expect(first.status).to.equal(0)
    expect(first.stdout).to.contain(`${email} is an administrator.`)
    const second = run(email, '--link')
    expect(await databases.users('users').where({ email })).to.have.length(1)
    expect((await new Person().post('/login', { email, password: 'a long enough phrase' })).status).to.equal(401)
    const person = new Person()
    const link = linkIn(second.stdout)
    const form = await person.get(link)
    const newPassword = 'purple monkey dishwasher'
    expect((await person.submit(form, '/reset', { newPassword })).location).to.equal('/login?reset')
    expect((await person.get(linkIn(first.stdout))).status, 'the other link').to.equal(410)
    expect((await person.post('/login', { email, password: newPassword })).status).to.equal(303)
    expect((await person.get('/users')).$('tbody').text()).to.contain(email)
    const acts = await databases.users('audit').where({ subject: email, replica: 'operator' }).pluck('action')
    expect(acts).to.deep.equal(['madeAdministrator', 'madeAdministrator'])
  })

  it('says what is wrong', () => {
    const unknown = registration().email
    const stderr = `No account has the address ${unknown}. With --link, one is made.\n`
    expect(run(unknown)).to.deep.include({ status: 1, stderr })
    expect(run('ana@', '--link')).to.deep.include({ status: 1, stderr: 'This is no address: ana@\n' })
    expect(run()).to.deep.include({ status: 2, stdout: '' })
  })
})

function linkIn(text: string): string {
  return /\/reset\?token=[\w-]{43}$/m.exec(text)?.[0] as string
}

function run(...words: string[]) {
  const program = 'dist/stack/make-administrator.js'
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    env: stack.environment,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
