import { expect } from 'chai'
import { Person, registration, signedIn } from '../person.js'
import { databases } from '../system.js'

describe('the audit of accounts', () => {
  it('has every sign-in, whether or not it succeeded, with address, replica and request', async () => {
    const account = registration()
    await signedIn(account)
    const { headers, servedBy } = await new Person().post('/login', account)
    const refused = await new Person().post('/login', { ...account, password: 'quite another one' })
    const rows = await databases.users('audit').where({ subject: account.email }).orderBy('id')
    expect(rows.map(({ action }) => action)).to.deep.equal(['register', 'signIn', 'signInFailed'])
    expect(rows[1]).to.include({
      actor: account.email,
      actor_id: rows[0].subject_id,
      address: '127.0.0.1',
      replica: servedBy,
      request_id: headers.get('x-request-id'),
    })
    expect(rows[2]).to.include({ actor_id: null, request_id: refused.headers.get('x-request-id') })
  })

  it('names nobody where the address has no account, because people type passwords there', async () => {
    const typed = registration()
    const { headers } = await new Person().post('/login', typed)
    const row = await databases
      .users('audit')
      .where({ request_id: headers.get('x-request-id') })
      .first()
    expect(row).to.include({ action: 'signInFailed', subject: '', subject_id: null })
  })

  it('is only ever added to, with the replicas’ account of the database', async () => {
    await signedIn()
    for (const act of [databases.users('audit').update({ actor: 'nobody' }), databases.users('audit').delete()]) {
      const error = await act.then(
        () => undefined,
        (reason: Error) => reason,
      )
      expect(error?.message).to.contain('the audit is only ever added to')
    }
    const truncated = await databases.users.raw('TRUNCATE audit').catch((reason: Error) => reason)
    expect(truncated).to.be.instanceOf(Error)
  })
})
