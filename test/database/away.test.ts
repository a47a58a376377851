import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import getPort from 'get-port'
import { type LoneReplica, startReplica } from '../lone-replica.js'
import { Person, product, signedIn } from '../person.js'
import { databases, stack } from '../system.js'

describe('when the database’s server is killed', () => {
  it('people wait a moment, nothing fails, and every write is there once', async () => {
    const person = await signedIn()
    const drafts = Array.from({ length: 60 }, () => product())
    const before = stack.database.process?.pid
    const writes = drafts.map(async (draft, each) => {
      await sleep(each * 25)
      return (await person.post('/products', draft)).status
    })
    const reads = Array.from({ length: 60 }, async (_, each) => {
      await sleep(each * 25)
      return (await person.get('/products')).status
    })
    await sleep(500)
    stack.database.process?.kill('SIGKILL')
    expect(new Set(await Promise.all(writes))).to.deep.equal(new Set([303]))
    expect(new Set(await Promise.all(reads))).to.deep.equal(new Set([200]))
    const codes = drafts.map(({ code }) => code)
    expect(await databases.products('products').whereIn('code', codes)).to.have.length(drafts.length)
    expect(stack.database.process?.pid).not.to.equal(before)
  })
})

describe('a replica whose database is away', () => {
  let replica: LoneReplica
  let person: Person
  before(async () => {
    const nothing = `mysql://bodega_users@127.0.0.1:${await getPort()}/bodega_users`
    replica = await startReplica({ USERS_DATABASE_URL: nothing })
    person = new Person(replica.address)
  })
  after(() => replica.stop())

  it('lives, and says that it is not ready', async () => {
    expect((await person.get('/livez')).status).to.equal(200)
    expect((await person.get('/readyz')).status).to.equal(503)
  })

  it('still welcomes strangers, and shows them the forms', async () => {
    for (const path of ['/', '/login', '/register']) expect((await person.get(path)).status, path).to.equal(200)
  })

  it('says so to the others, in a page, after waiting for it', async () => {
    const signed = person.at(person.address)
    signed.setCookie('session', 'x'.repeat(43))
    const answer = await signed.get('/products')
    expect(answer.status).to.equal(503)
    expect(answer.$('h1').text()).to.equal('We cannot serve you right now')
    expect(answer.$('main code').text()).to.equal(answer.headers.get('x-request-id'))
  })
})
