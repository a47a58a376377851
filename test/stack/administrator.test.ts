import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { registration, signedIn } from '../person.js'
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

  it('says what is wrong', () => {
    const unknown = registration().email
    expect(run(unknown)).to.deep.include({ status: 1, stderr: `No account has the address ${unknown}.\n` })
    expect(run()).to.deep.include({ status: 2, stdout: '' })
  })
})

function run(...words: string[]) {
  const program = 'dist/stack/make-administrator.js'
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...words], {
    env: stack.environment,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
