import { expect } from 'chai'
import { Person, registration, signedIn } from '../../person.js'
import { databases, replicaAddresses } from '../../system.js'

describe('a session', () => {
  it('is good on every replica', async () => {
    const person = await signedIn()
    for (const address of replicaAddresses()) {
      expect((await person.at(address).get('/products')).status).to.equal(200)
    }
  })

  it('ends when it is not used', async () => {
    const person = await signedIn()
    await expireSessions(person)
    expect((await person.get('/products')).status).to.equal(303)
  })

  it('lives on while it is used, and not past its last day', async () => {
    const person = await signedIn()
    const soon = () => databases.users.raw('UTC_TIMESTAMP(3) + INTERVAL 1 HOUR')
    await sessionsOf(person).update({ expires_at: soon() })
    const { headers } = await person.get('/products')
    expect(headers.getSetCookie().join()).to.contain('session=')
    expect(await secondsLeft(person)).to.be.within(7.9 * 3600, 8 * 3600)

    await sessionsOf(person).update({
      expires_at: soon(),
      created_at: databases.users.raw('UTC_TIMESTAMP(3) - INTERVAL 7 DAY + INTERVAL 2 HOUR'),
    })
    await person.get('/products')
    expect(await secondsLeft(person)).to.be.within(1.9 * 3600, 2 * 3600)
  })

  it('takes no id that the server did not give', async () => {
    const person = new Person()
    person.setCookie('session', 'x'.repeat(43))
    expect((await person.get('/products')).status).to.equal(303)
    await person.post('/login', registration())
    expect((await person.get('/products')).status).to.equal(303)
  })
})

describe('signing out', () => {
  it('ends the session on every replica', async () => {
    const person = await signedIn()
    const copy = person.at(person.address)
    const { status, location, headers } = await person.submit(await person.get('/products'), '/logout', {})
    expect([status, location]).to.deep.equal([303, '/'])
    expect(person.cookie('session')).to.equal(undefined)
    expect(headers.get('cache-control')).to.equal('no-store')
    expect(headers.get('clear-site-data')).to.equal('"cache", "storage"')
    for (const address of replicaAddresses()) {
      expect((await copy.at(address).get('/products')).status).to.equal(303)
    }
  })

  it('is no error the second time', async () => {
    const person = await signedIn()
    const copy = person.at(person.address)
    const page = await person.get('/products')
    await person.submit(page, '/logout', {})
    const { status, location } = await copy.submit(page, '/logout', {})
    expect([status, location]).to.deep.equal([303, '/'])
  })

  it('is not undone by a slow request that finishes after it', async () => {
    const person = await signedIn()
    await sessionsOf(person).update({ expires_at: databases.users.raw('UTC_TIMESTAMP(3) + INTERVAL 1 HOUR') })
    // Each of these wants to extend the session; whichever is last must not bring it back.
    const copy = person.at(person.address)
    await Promise.all(
      [...Array(20)].map((_, each) => (each === 10 ? person.post('/logout', {}) : copy.get('/products'))),
    )
    expect((await copy.get('/products')).status).to.equal(303)
  })
})

function sessionsOf(person: Person) {
  const hash = databases.users.raw('UNHEX(SHA2(?, 256))', [person.cookie('session') as string])
  return databases.users('sessions').where('id_hash', hash)
}

async function expireSessions(person: Person) {
  await sessionsOf(person).update({ expires_at: databases.users.raw('UTC_TIMESTAMP(3)') })
}

async function secondsLeft(person: Person): Promise<number> {
  const left = databases.users.raw('TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), expires_at) AS seconds')
  return (await sessionsOf(person).first(left)).seconds
}
